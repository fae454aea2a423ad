import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import type { Random } from '../../../platform/random.ts'
import { sellUnits } from '../checkout/single-item.ts'
import type { Repo } from '../db/repo.ts'

interface ReducerOptions {
  repo: Repo
  nodeName: string
  random: Random
  clock: Clock
  log: Log
  itemSold(itemId: number): Promise<void>
}

/** Sells random items, `unitsPerStep` at a time, until nothing is left; returns the number of units it sold (ST-49, ST-50). */
export async function sellRandomUntilGone(
  { repo, nodeName, random, clock, log, itemSold }: ReducerOptions,
  { unitsPerStep = 1, delayMs = 0 }: { unitsPerStep?: number; delayMs?: number },
): Promise<number> {
  let soldCount = 0
  for (;;) {
    const left = await repo.query<{ item_id: number }>(
      'select item_id from item_availability where available_count > 0',
    )
    if (left.length === 0) break
    const itemId = random.pick(left).item_id
    const units = await sellUnits(repo, itemId, unitsPerStep, nodeName)
    soldCount += units
    if (units > 0) await itemSold(itemId)
    if (delayMs > 0) await clock.sleep(delayMs)
  }
  log.info({ soldCount }, 'InventoryReducer sold out!')
  return soldCount
}
