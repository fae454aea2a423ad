/** Read by the bundler too, so it imports nothing that runs. */
export const bundles = { app: 'client/app.ts', admin: 'client/admin.ts', live: 'client/live.ts' } as const
