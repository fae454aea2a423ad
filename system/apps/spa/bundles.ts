/** Read by the bundler too, so it imports nothing that runs. */
export const bundles = { spa: 'client/spa.tsx' } as const
