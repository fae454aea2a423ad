import type { PoolClient } from 'pg'
import { expect, it } from 'vitest'
import { createRepo, type DatabasePool, type PoolOptions } from '../../../../../system/apps/store/db/repo.ts'
import { silentLog as log } from '../../../../../system/platform/log.ts'
import { createRuntime } from '../../../../../system/runtime/index.ts'
import { createFakeClock } from '../../../../support/channel-case.ts'

interface Script {
  /** Called for each statement; what it throws or rejects with is the answer. */
  answer?(sql: string): unknown
  /** With what a connection was given back. */
  released?: unknown[]
  ended?(): void
}

/** A pool that counts which of its connections were given back. */
function countedPool({ answer = () => {}, released = [], ended = () => {} }: Script = {}): DatabasePool {
  let takenCount = 0
  const query = async (sql: string) => {
    await answer(sql)
    return { rows: [] }
  }
  const client = {
    query,
    on() {},
    off() {},
    release(problem?: unknown) {
      released.push(problem)
      takenCount -= 1
    },
  }
  return {
    async connect() {
      takenCount += 1
      return client as unknown as PoolClient
    },
    query: query as DatabasePool['query'],
    async end() {
      ended()
    },
    on() {},
    get totalCount() {
      return takenCount
    },
    idleCount: 0,
    waitingCount: 0,
  }
}

it('holds a connection for as long as a transaction, also when that fails (RT-11)', async () => {
  const repo = createRepo({ open: () => countedPool(), runtime: createRuntime({ clock: createFakeClock(), log }), log })
  await repo.start()
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const waits = repo.transaction(() => gate)
  await Promise.resolve()
  await Promise.resolve()
  expect(repo.held()).toEqual({ transactions: 1, databaseConnections: 1 })
  open()
  await waits
  const fails = repo.transaction(async () => {
    throw new Error('sold out')
  })
  await expect(fails).rejects.toThrow('sold out')
  expect(repo.held()).toEqual({ transactions: 0, databaseConnections: 0 })
})

async function startRepo(script: Script = {}) {
  const clock = createFakeClock()
  const opened: PoolOptions[] = []
  const open = (options: PoolOptions) => {
    opened.push(options)
    return countedPool(script)
  }
  const runtime = createRuntime({ clock, log })
  const repo = createRepo({ open, runtime, log })
  const actor = await repo.start()
  await clock.advance(1)
  return { repo, clock, opened, runtime, actor }
}

it('gives a connection back as it was, and as broken when not even the rollback worked', async () => {
  const released: unknown[] = []
  let isBroken = false
  const lost = new Error('connection lost')
  const { repo } = await startRepo({
    released,
    answer(sql) {
      if (isBroken && sql !== 'begin') throw lost
    },
  })
  const refuse = () =>
    repo.transaction(async () => {
      throw new Error('sold out')
    })
  await repo.transaction(async () => {})
  await expect(refuse()).rejects.toThrow('sold out')
  isBroken = true
  await expect(refuse()).rejects.toThrow('sold out')
  await expect(repo.transaction(async () => {})).rejects.toThrow('connection lost')
  expect(released).toEqual([undefined, undefined, lost, lost])
})

it('rolls back what failed, and commits what did not', async () => {
  const said: string[] = []
  const { repo } = await startRepo({ answer: (sql) => void said.push(sql) })
  said.length = 0
  await repo.transaction(async (client) => client.query('one'))
  await repo
    .transaction(async (client) => {
      await client.query('two')
      throw new Error('sold out')
    })
    .catch(() => {})
  expect(said).toEqual(['begin', 'one', 'commit', 'begin', 'two', 'rollback'])
})

it('fails a transaction at once while the database is down, and lets it in when it is back', async () => {
  let isDown = true
  const begun: string[] = []
  const { repo, clock } = await startRepo({
    answer(sql) {
      if (sql === 'begin') begun.push(sql)
      if (isDown) throw new Error('nobody answers')
    },
  })
  expect(repo.reachable()).toBe(false)
  await expect(repo.transaction(async () => {})).rejects.toThrow('the database is not reachable')
  expect(begun).toEqual([])
  isDown = false
  await clock.advance(1_000)
  expect(repo.reachable()).toBe(true)
  await repo.transaction(async () => {})
  expect(begun).toEqual(['begin'])
})

it('leaves connections for whoever reads while many transactions wait for their turn', async () => {
  const { repo, opened } = await startRepo()
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const all = Array.from({ length: 50 }, () => repo.transaction(() => gate))
  await new Promise(setImmediate)
  const { transactions, databaseConnections } = repo.held()
  expect(transactions).toBe(50)
  expect(databaseConnections).toBeGreaterThan(1)
  expect(databaseConnections).toBeLessThan(opened[0]!.max)
  open()
  await Promise.all(all)
  expect(repo.held()).toEqual({ transactions: 0, databaseConnections: 0 })
})

it('has both the client and the server give up a query, the server not later than a read counts as final', async () => {
  const { opened } = await startRepo()
  expect(opened).toEqual([{ max: 8, connectionTimeoutMillis: 1_500, query_timeout: 3_000, statement_timeout: 3_000 }])
})

it('closes its connections when its actor ends, and refuses until it is restarted', async () => {
  let endedCount = 0
  const { repo, actor } = await startRepo({
    ended() {
      endedCount += 1
    },
  })
  await actor.stop()
  expect([endedCount, repo.reachable()]).toEqual([1, false])
  await expect(repo.query('select 1')).rejects.toThrow('database access is restarting')
  await expect(repo.transaction(async () => {})).rejects.toThrow('database access is restarting')
})
