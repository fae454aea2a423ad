import { Pool } from 'pg'
import { z } from 'zod'
import { connected, socket } from '../../channels/index.ts'
import { controlAction } from '../../control/action.ts'
import { defineModule } from '../../node/module.ts'
import { workloadsConfig } from './config.ts'
import { createLoopingActors } from './looping-actors.ts'
import { createWork } from './work.ts'
import { noWork, type WorkCounts, workChannel } from './work-channel.ts'

/** `POST /workloads/forget-peak` on the control port: a measurement that wants to know the most at once begins with it. */
const forgetPeak = (counts: WorkCounts) =>
  controlAction(
    ['/workloads/forget-peak', 'Forgets how many replies of one channel were pending at most.'],
    z.strictObject({}),
    () => {
      counts.pendingMost = 0
      return { ok: true }
    },
  )

/** A channel that does nothing but work of a stated kind and duration, for measurements. Serves nothing to clients unless WORKLOADS is on. */
export const workloadsModule = defineModule({
  name: 'workloads',
  config: workloadsConfig,
  create({ config, clock, runtime, log }) {
    const looping = createLoopingActors({ runtime, clock, log })
    if (!config.WORKLOADS) return { children: [looping.child], controlActions: [looping.action] }
    const counts = noWork()
    const { WORKLOADS_DATABASE_URL: url, WORKLOADS_DATABASE_CONNECTIONS: max } = config
    const pool = url ? new Pool({ connectionString: url, max }) : undefined
    pool?.on('error', () => {})
    const sleepInDatabase = pool && ((ms: number) => pool.query('select pg_sleep($1)', [ms / 1_000]))
    const channel = workChannel({
      work: createWork({ clock, sleepInDatabase }),
      counts,
      parallelMax: config.WORKLOADS_PARALLEL_MAX,
    })
    return {
      sockets: [
        socket({
          name: 'WorkSocket',
          path: '/work_socket',
          channels: { 'work:*': channel },
          connect: () => connected(),
        }),
      ],
      // Created with its first query, so that a node that measures something else has no connection.
      afterPubSub: [{ name: 'workloads database', stop: () => pool?.end() }],
      children: [looping.child],
      controlActions: [forgetPeak(counts), looping.action],
      holds: () => ({ pending: { work: counts.started - counts.finished - counts.cancelled } }),
      state: () => ({ work: { ...counts } }),
    }
  },
})
