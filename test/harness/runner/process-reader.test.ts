import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { family } from '../../../harness/leases/processes.ts'
import { createProcessReader } from '../../../harness/runner/process-reader.ts'
import type { RunState } from '../../../harness/runner/run-state.ts'

let database: ChildProcess | undefined
afterEach(() => void (database?.pid && process.kill(-database.pid, 'SIGKILL')))

/** Starts a shell with a child, as a database has them. */
async function startDatabase(): Promise<number[]> {
  database = spawn('sh', ['-c', 'sleep 60 & echo started; wait'], { detached: true })
  await once(database.stdout!, 'data')
  return family(database.pid!)
}

it.runIf(process.platform === 'linux')(
  'reads what nodes wait for each time, and all processes of a database and of the browsers each second time',
  async () => {
    const ofDatabase = await startDatabase()
    expect(ofDatabase).toHaveLength(2)
    const read = createProcessReader({
      cluster: {
        nodes: [{ name: 'n1', pid: process.pid }, { name: 'n2' }],
        database: { pid: ofDatabase[0] },
        links: {},
      },
      settings: { browsers: { pids: () => [ofDatabase[1]!] } },
      elapsedMs: () => 7,
    } as unknown as RunState)
    const often = ['harness', 'n1']
    const seldom = [...ofDatabase.map((pid) => `database/${pid}`), `browser/${ofDatabase[1]}`]
    const readings = [read(), read(), read()]
    expect(readings.map(({ waited }) => Object.keys(waited).sort())).toEqual([
      [...often, ...seldom].sort(),
      often,
      [...often, ...seldom].sort(),
    ])
    expect(Object.values(readings[0]!.waited).every(({ ms }) => ms !== undefined && ms >= 0)).toBe(true)
    expect(readings[0]!.atMs).toBe(7)
  },
)
