import { z } from 'zod'
import { configPart, onOff, positiveInteger } from '../../platform/config.ts'

export const workloadsConfig = configPart({
  variables: {
    /** Off by default: whoever reaches this socket can keep the node busy. */
    WORKLOADS: onOff('off'),
    /** With this many parallel replies pending, one channel refuses more (PM-21). */
    WORKLOADS_PARALLEL_MAX: positiveInteger.default(1_000),
    /** Connections for the work kind `database`; without an address that kind is refused. */
    WORKLOADS_DATABASE_CONNECTIONS: positiveInteger.default(10),
    WORKLOADS_DATABASE_URL: z.string().startsWith('postgres', 'must be a postgres:// address').optional(),
  },
})
