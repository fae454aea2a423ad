/** Read by the bundler too, so it imports nothing that runs. */
export const bundles = { todo: 'client/todo.ts' } as const
