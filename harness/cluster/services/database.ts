import { until } from '../../platform/until.ts'
import type { Instance } from '../instance.ts'
import { superuser } from './postgres.ts'
import { directQuery, type Query } from './sql.ts'

/** One PostgreSQL server of one cluster: a real one, that can be killed and paused. */
export interface Database {
  /** Direct, not through a link. */
  readonly url: string
  readonly running: boolean
  /** Resolves when it answers. */
  start(): Promise<void>
  /** SIGKILL to the server and all its processes: what a power cut does. */
  kill(): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  /** Direct, with a short timeout: also the witness of an outage. */
  query: Query
}

const startWithinMs = 15_000

/** On loopback, as `initdb` leaves it. */
export const localUrl = (port: number) => `postgres://${superuser}@127.0.0.1:${port}/postgres`

interface DatabaseHooks {
  /** It answers. */
  afterStart?(): void
  /** Removes what a killed server leaves behind. */
  afterKill?(): Promise<void>
}

/** Not started yet; the address is the one by which the harness reaches it. */
export function createDatabase(
  instance: Instance,
  url: string,
  { afterStart, afterKill }: DatabaseHooks = {},
): Database {
  const query = directQuery(url)
  return {
    url,
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
