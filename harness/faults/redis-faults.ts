import type { Cluster } from '../cluster/cluster.ts'
import type { RedisServer } from '../cluster/services/redis.ts'
import { systemClock } from '../platform/clock.ts'
import { type Fault, type FaultKind, seen, unseen, type Witness, witnessWithin } from './fault.ts'

const goneWithinMs = 3_000
const backWithinMs = 15_000

function redisOf({ redis }: Cluster): RedisServer {
  if (!redis)
    throw new Error('this cluster has no Redis; the scenario must be given pubsub redis, or run with --pubsub redis')
  return redis
}

/** A PING of the harness's own, direct and not through a link. */
const asks = (redis: RedisServer) =>
  redis.ping().then(
    () => 'answers' as const,
    (error: Error) => error.message || error.name,
  )

const redisFault =
  (hit: (redis: RedisServer) => Promise<void> | void, mend: (redis: RedisServer) => Promise<void> | void): FaultKind =>
  (cluster): Fault => {
    const redis = redisOf(cluster)
    const looks = (withinMs: number, judge: (answer: string) => Witness) =>
      witnessWithin(withinMs, async () => judge(await asks(redis)), systemClock)
    return {
      inject: async () => hit(redis),
      witnessOn: () =>
        looks(goneWithinMs, (answer) =>
          answer === 'answers' ? unseen('a direct PING is answered') : seen(`a direct PING fails: ${answer}`),
        ),
      heal: async () => mend(redis),
      witnessOff: () =>
        looks(backWithinMs, (answer) =>
          answer === 'answers' ? seen('a direct PING is answered') : unseen(`a direct PING fails: ${answer}`),
        ),
    }
  }

/** SIGKILL to Redis; it comes back empty on the same port (FI-14). */
export const redisKill = redisFault(
  (redis) => redis.kill(),
  (redis) => redis.start(),
)
/** SIGSTOP: connections are taken and hang (FI-14). */
export const redisPause = redisFault(
  (redis) => redis.pause(),
  (redis) => redis.resume(),
)
