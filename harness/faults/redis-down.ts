import type { Cluster } from '../cluster/cluster.ts'
import type { RedisServer } from '../cluster/services/redis.ts'
import { theRedis } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { noOptions } from './options.ts'
import { killServer, type Probe, pauseServer } from './server-down.ts'

function redisOf({ redis }: Cluster): RedisServer {
  if (!redis)
    throw new Error('this cluster has no Redis; the scenario must be given pubsub redis, or run with --pubsub redis')
  return redis
}

const pingOf = (cluster: Cluster): Probe => ({ what: 'a direct PING', ask: () => redisOf(cluster).ping() })

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
  create: (cluster) => killServer(redisOf(cluster), pingOf(cluster)),
  explains: () => ({ at: 'between-nodes', keepsNothing: true }),
})

/** (FI-14) */
export const redisPause = defineFault({
  ...common,
  kind: 'redis.pause',
  needs: 'redis',
  title: 'SIGSTOP to Redis: connections are taken and hang',
  create: (cluster) => pauseServer(redisOf(cluster), pingOf(cluster)),
  explains: () => ({ at: 'between-nodes' }),
})
