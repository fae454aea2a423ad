import { expect, it } from 'vitest'
import { silentLog as log } from '../../../system/platform/log.ts'
import { createRuntime, createTables, type Table } from '../../../system/runtime/index.ts'
import { createFakeClock } from '../../support/channel-case.ts'

const lookups = 50_000
const sizes = [100, 10_000, 1_000_000] as const
/** Ten thousand times the rows; the rest is what a larger table costs in misses of the processor's cache. */
const slowerMax = 20

it('looks a row up in about the same time, however many there are (RT-28)', { timeout: 60_000 }, () => {
  const owner = createRuntime({ clock: createFakeClock(), log }).spawn({ handle() {} })
  const tables = sizes.map((size) => {
    const table = createTables().create(owner)
    for (let n = 0; n < size; n += 1) table.insert(owner, [[`row ${n}`, n]])
    return table
  })

  function timeOf(table: Table, size: number): number {
    const startedMs = performance.now()
    for (let n = 0; n < lookups; n += 1) {
      const number = (n * 7_919) % size
      if (table.lookup(owner, `row ${number}`)[0]?.[1] !== number) throw new Error(`row ${number} is another one`)
    }
    return performance.now() - startedMs
  }

  // The quickest of several rounds, in which the sizes take turns: a busy machine disturbs some of them.
  const best = sizes.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < 5; round += 1)
    for (const [index, size] of sizes.entries()) best[index] = Math.min(best[index]!, timeOf(tables[index]!, size))
  expect(best[2]! / best[0]!).toBeLessThan(slowerMax)
})
