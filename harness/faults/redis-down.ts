import type { Cluster } from '../cluster/cluster.ts'
import type { RedisServer } from '../cluster/services/redis.ts'
import { systemClock } from '../platform/clock.ts'
import { theRedis } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { type Fault, seen, unseen, witnessWithin } from './fault.ts'
import { noOptions } from './options.ts'

const goneWithinMs = 3_000
const backWithinMs = 15_000

function redisOf({ redis }: Cluster): RedisServer {
  if (!redis)
    throw new Error('this cluster has no Redis; the scenario must be given pubsub redis, or run with --pubsub redis')
  return redis
}

type Act = (redis: RedisServer) => Promise<void> | void

/** Witnessed by a PING of the harness's own, direct and not through a link. */
function downUntilHealed(cluster: Cluster, hit: Act, mend: Act): Fault {
  const redis = redisOf(cluster)
  const witness = (withinMs: number, expected: 'answered' | 'failing') =>
    witnessWithin(
      withinMs,
      async () => {
        const failure = await redis.ping().then(
          () => undefined,
          (error: Error) => error.message || error.name,
        )
        const said = failure === undefined ? 'a direct PING is answered' : `a direct PING fails: ${failure}`
        return (failure === undefined) === (expected === 'answered') ? seen(said) : unseen(said)
      },
      systemClock,
    )
  return {
    inject: async () => hit(redis),
    witnessOn: () => witness(goneWithinMs, 'failing'),
    heal: async () => mend(redis),
    witnessOff: () => witness(backWithinMs, 'answered'),
  }
}

const common = {
  aim: theRedis,
  options: noOptions,
  drawn: { never: 'the scenarios of random plans use the mesh' },
  simulated: 'the simulated cluster uses the mesh',
} as const

/** It comes back empty, on the same port (FI-14). */
export const redisKill = defineFault({
  ...common,
  kind: 'redis.kill',
  needs: 'redis',
  title: 'SIGKILL to Redis, healed by a new start',
  isSudden: true,
  create: (cluster) =>
    downUntilHealed(
      cluster,
      (redis) => redis.kill(),
      (redis) => redis.start(),
    ),
  explains: () => ({ at: 'between-nodes', keepsNothing: true }),
})

/** (FI-14) */
export const redisPause = defineFault({
  ...common,
  kind: 'redis.pause',
  needs: 'redis',
  title: 'SIGSTOP to Redis: connections are taken and hang',
  create: (cluster) =>
    downUntilHealed(
      cluster,
      (redis) => redis.pause(),
      (redis) => redis.resume(),
    ),
  explains: () => ({ at: 'between-nodes' }),
})
