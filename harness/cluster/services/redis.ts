import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import type { Leases } from '../../leases/leases.ts'
import { systemClock } from '../../platform/clock.ts'
import { EnvironmentMissing } from '../../platform/errors.ts'
import { freePort } from '../../platform/ports.ts'
import { isProgram, onPath } from '../../platform/programs.ts'
import { until } from '../../platform/until.ts'
import type { Instance } from '../instance.ts'
import { createChild } from '../process/child.ts'

/** A real Redis server of one cluster, which can be killed and paused. Its port stays the same. */
export interface RedisServer {
  /** Direct, not through a link. */
  readonly url: string
  readonly port: number
  /** Undefined when it is not a process of this machine. */
  readonly pid: number | undefined
  readonly running: boolean
  /** Resolves when the server responds. */
  start(): Promise<void>
  /** Sends SIGTERM: the server closes its client connections in order. */
  stop(): Promise<void>
  kill(): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  /** Direct, with a short timeout; also used as the witness of an outage. */
  ping(): Promise<void>
}

const pingTimeoutMs = 1_000
const startWithinMs = 10_000

/** Returns the path of redis-server. Throws EnvironmentMissing when it is not installed. */
export function findRedis(env: Record<string, string | undefined> = process.env): string {
  const found = onPath(['redis-server'], env).find(isProgram)
  if (found) return found
  throw new EnvironmentMissing(
    'needs redis-server, but found none on the PATH; install it (such as "apt-get install redis-server" or "brew install redis"), or use --pubsub mesh',
  )
}

/** Persistence is off. */
export const redisFlags = (port: number, bind: string) => [
  '--port',
  String(port),
  '--bind',
  bind,
  '--protected-mode',
  'no',
  '--save',
  '',
  '--appendonly',
  'no',
]

interface RedisProcessOptions {
  folder: string
  logFile: string
  leases: Pick<Leases, 'holdPort' | 'holdProcess' | 'releaseProcess'>
}

/** Returns a server process on loopback that is not started yet. Throws EnvironmentMissing when redis-server is not installed. */
export async function createRedisProcess({ folder, logFile, leases }: RedisProcessOptions): Promise<RedisServer> {
  const program = findRedis()
  const port = await freePort()
  mkdirSync(folder, { recursive: true })
  leases.holdPort(port, 'redis')
  const args = [...redisFlags(port, '127.0.0.1'), '--dir', folder]
  return createRedis(createChild({ what: 'redis', program, args, logFile, leases }), port)
}

/** Returns a server that is not started yet; `port` is where the harness reaches it. */
export function createRedis(instance: Instance, port: number): RedisServer {
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return instance.pid
    },
    get running() {
      return instance.running
    },
    async start() {
      if (instance.running) return
      await instance.start()
      await until(() => ping(port).then(() => true), { what: 'redis answers', withinMs: startWithinMs, everyMs: 30 })
    },
    stop: async () => void (await instance.end('SIGTERM')),
    kill: async () => void (await instance.end('SIGKILL')),
    pause: instance.pause,
    resume: instance.resume,
    ping: () => ping(port),
  }
}

/** Rejects with what was received instead of `+PONG`. */
function ping(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    const finish = (problem?: string) => {
      cancel()
      socket.destroy()
      if (problem === undefined) resolve()
      else reject(new Error(problem))
    }
    const cancel = systemClock.after(pingTimeoutMs, () => finish(`no answer within ${pingTimeoutMs} ms`))
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', (data) => finish(String(data).startsWith('+PONG') ? undefined : `answered ${data}`))
    socket.once('end', () => finish('closed the connection'))
    socket.once('error', (error) => finish(error.message))
  })
}
