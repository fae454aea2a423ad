/** Read by the bundler too, so it imports nothing that runs. */
export const bundles = { talk: 'client/talk.ts' } as const
