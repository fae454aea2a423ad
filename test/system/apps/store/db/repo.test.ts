import type { PoolClient } from 'pg'
import { expect, it } from 'vitest'
import { createRepo, type DatabasePool } from '../../../../../system/apps/store/db/repo.ts'
import { silentLog as log } from '../../../../../system/platform/log.ts'
import { createRuntime } from '../../../../../system/runtime/index.ts'
import { createFakeClock } from '../../../../support/channel-case.ts'

/** A pool that counts which of its connections were given back. */
function countedPool(): DatabasePool {
  let takenCount = 0
  const client = {
    query: async () => ({ rows: [] }),
    on() {},
    off() {},
    release() {
      takenCount -= 1
    },
  }
  return {
    async connect() {
      takenCount += 1
      return client as unknown as PoolClient
    },
    query: async () => ({ rows: [] }),
    async end() {},
    on() {},
    get totalCount() {
      return takenCount
    },
    idleCount: 0,
    waitingCount: 0,
  }
}

it('holds a connection for as long as a transaction, also when that fails (RT-11)', async () => {
  const repo = createRepo({ open: countedPool, runtime: createRuntime({ clock: createFakeClock(), log }), log })
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
