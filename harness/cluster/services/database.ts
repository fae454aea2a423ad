import { until } from '../../platform/until.ts'
import type { Instance } from '../instance.ts'
import { superuser } from './postgres.ts'
import { directQuery, type Query } from './sql.ts'

/** A real PostgreSQL server of one cluster, which can be killed and paused. */
export interface Database {
  /** Direct, not through a link. */
  readonly url: string
  /** Undefined when it is not a process of this machine. */
  readonly pid: number | undefined
  readonly running: boolean
  /** Resolves when the server responds. */
  start(): Promise<void>
  /** Sends SIGKILL to the server and all of its processes, which is equivalent to a power failure of the server. */
  kill(): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  /** Direct; also used as the witness of an outage. */
  query: Query
}

const startWithinMs = 15_000

/** The URL on loopback of a database that `initdb` created. */
export const localUrl = (port: number) => `postgres://${superuser}@127.0.0.1:${port}/postgres`

interface DatabaseHooks {
  /** Called when the server responds. */
  afterStart?(): void
  /** Removes what a killed server leaves behind. */
  afterKill?(): Promise<void>
}

/** Returns a database that is not started yet; `url` is where the harness reaches it. */
export function createDatabase(
  instance: Instance,
  url: string,
  { afterStart, afterKill }: DatabaseHooks = {},
): Database {
  const query = directQuery(url)
  return {
    url,
    get pid() {
      return instance.pid
    },
    get running() {
      return instance.running
    },
    async start() {
      if (instance.running) return
      await instance.start()
      await until(() => query('select 1'), { what: 'the database answers', withinMs: startWithinMs, everyMs: 60 })
      afterStart?.()
    },
    async kill() {
      await instance.end('SIGKILL')
      await afterKill?.()
    },
    pause: instance.pause,
    resume: instance.resume,
    query,
  }
}
