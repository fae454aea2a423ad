/** Read by the bundler too, so it imports nothing that runs. */
export const bundles = { workshop: 'client/workshop.ts' } as const
