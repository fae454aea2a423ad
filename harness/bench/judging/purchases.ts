import type { HistoryEvent } from '../../history/operation.ts'
import { type Random, seededRandom } from '../../platform/random.ts'
import { createGrowingHistory, type GrowingHistory } from './growing-history.ts'

export interface PurchasesSpec {
  operations: number
  /** Maximum number of concurrent purchases. */
  concurrent: number
  initialCount: number
  /** Units that the shop sells beyond its stock. */
  oversoldUnits: number
  /** Percentage of purchases whose outcome is unknown. */
  unsurePercent: number
  /** Percentage of wrongly recorded outcomes; the history may then not be linearizable. */
  wrongPercent: number
  seed: number
}

const itemId = 7

interface Purchase {
  end: ReturnType<GrowingHistory['begin']>
  /** Undefined until the purchase took effect. */
  hasOne: boolean | undefined
}

/** Returns purchases of one item from a shop that sells each unit once; each takes effect at some moment between its start and its end. */
export function purchasesHistory(spec: PurchasesSpec): HistoryEvent[] {
  const history = createGrowingHistory()
  const random = seededRandom(spec.seed)
  const open: Purchase[] = []
  let availableCount = spec.initialCount + spec.oversoldUnits
  const takeEffect = (purchase: Purchase) => {
    if (purchase.hasOne !== undefined) return
    purchase.hasOne = availableCount > 0
    if (purchase.hasOne) availableCount -= 1
  }
  const endOne = () => {
    const [purchase] = open.splice(random.integer(0, open.length - 1), 1)
    const isLost = random.integer(1, 100) <= spec.unsurePercent
    // The outcome is unknown; the purchase may have had no effect.
    if (!isLost || random.integer(1, 2) === 1) takeEffect(purchase!)
    purchase!.end(isLost ? 'unsure' : told(purchase!, spec.wrongPercent, random))
  }
  for (let number = 0; number < spec.operations; number += 1) {
    if (open.length >= spec.concurrent) endOne()
    open.push({ end: history.begin(`shopper-${number}`, 'sell', { itemId }), hasOne: undefined })
    if (random.integer(1, 4) === 1) takeEffect(random.pick(open))
  }
  while (open.length > 0) endOne()
  recordStock(history, spec.initialCount, availableCount)
  return history.events
}

function told({ hasOne }: Purchase, wrongPercent: number, random: Random): 'ok' | 'failed' {
  const isWrong = random.integer(1, 100) <= wrongPercent
  return hasOne !== isWrong ? 'ok' : 'failed'
}

function recordStock({ record }: GrowingHistory, initialCount: number, availableCount: number) {
  const item = { id: itemId, initialCount, availableCount, soldUnits: initialCount - availableCount }
  const value = { products: [{ id: 1, released: true, items: [item] }] }
  record({ type: 'final', who: 'harness', operation: 'database', value })
}
