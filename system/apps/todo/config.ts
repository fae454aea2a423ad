import { z } from 'zod'
import { type ConfigOf, configPart, positiveInteger } from '../../platform/config.ts'

/** The layout of the tree, the kind of cache, and where the lists are kept (RT-14, RT-21, RT-23, RT-33, RT-35). */
export const todoConfig = configPart({
  variables: {
    /** One file for each list; relative to where the node was started. */
    TODO_FOLDER: z.string().min(1).default('./persist'),
    /** flat: everything under one supervisor. A registry that was killed then comes back empty, and nobody registers again. */
    TODO_LAYOUT: z.enum(['final', 'flat']).default('final'),
    /** How a caller finds the server of a list: in a table of the cache, by asking the registry, or in a table of the registry (RT-35). */
    TODO_CACHE: z.enum(['table', 'registry', 'registry-table']).default('table'),
    /** Workers that read and write files; each list has one of them. */
    TODO_DATABASE_WORKERS: positiveInteger.max(64).default(3),
  },
})

export type TodoConfig = ConfigOf<typeof todoConfig.variables>
