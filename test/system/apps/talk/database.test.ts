import type { Pool } from 'pg'
import { describe, expect, it } from 'vitest'
import { createDatabase } from '../../../../system/apps/talk/database.ts'
import { silentLog as log } from '../../../../system/platform/log.ts'

/** A pool that fails as long as the test says so. */
function openFake() {
  const state = { opened: 0, ended: 0, texts: [] as string[], isDown: false }
  const pool = {
    on: () => {},
    async query(text: string) {
      state.texts.push(text.trim().split(/\s+/).slice(0, 2).join(' '))
      if (state.isDown) throw new Error('the database is down')
      return { rows: [] }
    },
    async end() {
      state.ended += 1
    },
  }
  const open = () => {
    state.opened += 1
    return pool as unknown as Pool
  }
  return { state, database: createDatabase({ open, log }) }
}

describe('the database of the talk demos', () => {
  it('is not opened by a node that is asked nothing', async () => {
    const { state, database } = openFake()
    await database.stop()
    expect([state.opened, state.ended]).toEqual([0, 0])
  })

  it('makes its tables once, before the first query', async () => {
    const { state, database } = openFake()
    await Promise.all([database.query('select 1'), database.query('select 2')])
    await database.query('select 3')
    await database.stop()
    expect(state.texts).toEqual(['select pg_advisory_xact_lock(7036054);', 'select 1', 'select 2', 'select 3'])
    expect([state.opened, state.ended]).toEqual([1, 1])
  })

  it('tries again to make them when the database is back', async () => {
    const { state, database } = openFake()
    state.isDown = true
    await expect(database.query('select 1')).rejects.toThrow('down')
    state.isDown = false
    await database.query('select 2')
    expect(state.texts.filter((text) => text.startsWith('select pg_'))).toHaveLength(2)
    expect(state.texts).not.toContain('select 1')
  })
})
