import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { connect } from 'node:net'
import { systemClock } from '../platform/clock.ts'
import { until } from '../platform/until.ts'
import type { Leases } from '../runner/leases.ts'
import { EnvironmentMissing } from './errors.ts'
import { freePort } from './ports.ts'
import { isProgram, onPath } from './programs.ts'

/** One Redis server of one cluster: a real process that can be killed and paused. Its port stays the same. */
export interface RedisServer {
  /** Direct, not through a link. */
  readonly url: string
  readonly port: number
  readonly running: boolean
  start(): Promise<void>
  /** SIGTERM: it says goodbye to its clients. */
  stop(): Promise<void>
  kill(): Promise<void>
  pause(): void
  resume(): void
  /** Direct, with a short timeout: also the witness of an outage. */
  ping(): Promise<void>
}

const pingTimeoutMs = 1_000
const startWithinMs = 10_000
const endWithinMs = 10_000

/** The program redis-server. Throws EnvironmentMissing where there is none. */
export function findRedis(env: Record<string, string | undefined> = process.env): string {
  const found = onPath(['redis-server'], env).find(isProgram)
  if (found) return found
  throw new EnvironmentMissing(
    'needs redis-server, but found none on the PATH; install it (such as "apt-get install redis-server" or "brew install redis"), or use --pubsub mesh',
  )
}

interface RedisOptions {
  folder: string
  logFile: string
  leases: Pick<Leases, 'holdPort' | 'holdProcess' | 'releaseProcess'>
}

/** Keeps nothing on disk; loopback only. */
const flags = (port: number, folder: string) =>
  ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'].map(String)

/** Not started yet. Throws EnvironmentMissing where there is no redis-server. */
export async function createRedisServer({ folder, logFile, leases }: RedisOptions): Promise<RedisServer> {
  const program = findRedis()
  const port = await freePort()
  mkdirSync(folder, { recursive: true })
  let server: ChildProcess | undefined

  async function start() {
    if (server) return
    const log = openSync(logFile, 'a')
    const child = spawn(program, flags(port, folder), { stdio: ['ignore', log, log] })
    closeSync(log)
    server = child
    child.once('exit', () => {
      if (server === child) server = undefined
      if (child.pid) leases.releaseProcess(child.pid)
    })
    leases.holdProcess(child.pid!, 'redis')
    await until(() => ping(port).then(() => true), { what: 'redis answers', withinMs: startWithinMs, everyMs: 30 })
  }

  async function end(signal: NodeJS.Signals) {
    const child = server
    if (!child) return
    child.kill(signal)
    await until(() => server !== child, { what: `redis ends after ${signal}`, withinMs: endWithinMs, everyMs: 20 })
  }

  leases.holdPort(port, 'redis')
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get running() {
      return server !== undefined
    },
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    pause: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    ping: () => ping(port),
  }
}

/** Rejects with what happened instead of `+PONG`. */
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
