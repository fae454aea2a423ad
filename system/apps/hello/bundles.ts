/** Read by the bundler too, so it imports nothing that runs. */
export const bundles = { hello: 'client/hello.ts' } as const
