import { Pool } from 'pg'
import { z } from 'zod'
import { connected, socket } from '../../channels/index.ts'
import { controlAction } from '../../control/action.ts'
import { defineModule } from '../../node/module.ts'
import { workloadsConfig } from './config.ts'
import { createLoopingActors } from './looping-actors.ts'
import { callShards, layouts, type ShardsRequest, type ShardsResult } from './shards.ts'
import { sumOfDoubles } from './sum.ts'
import { createWork, msMost, workKinds } from './work.ts'
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

const size = z.number().int().min(1).max(10_000)
const shardsBody = z.strictObject({
  layout: z.enum(layouts),
  ...{ shards: size, keys: size, callers: size, callsEach: size },
  work: z.strictObject({ kind: z.enum(workKinds), ms: z.number().min(0).max(msMost) }),
})

/** `POST /workloads/shards`: many callers and the actors of one layout (RT-59). */
const runShards = (call: (request: ShardsRequest) => Promise<ShardsResult>) =>
  controlAction(
    ['/workloads/shards', 'Lets many callers call actors that share keys in a layout; returns the time of each call.'],
    shardsBody,
    call,
  )

const summed = 10_000

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
    const work = createWork({ clock, sleepInDatabase })
    const channel = workChannel({
      work,
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
      routes(web) {
        web.get('/workloads/sum', async () => ({ sum: sumOfDoubles(summed) }))
      },
      controlActions: [
        forgetPeak(counts),
        looping.action,
        runShards((request) => callShards(request, { runtime, clock, work })),
      ],
      holds: () => ({ pending: { work: counts.started - counts.finished - counts.cancelled } }),
      state: () => ({ work: { ...counts } }),
    }
  },
})
