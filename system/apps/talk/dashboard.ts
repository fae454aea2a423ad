import type { Clock } from '../../platform/clock.ts'
import { type Outcome, type Runtime, startTask, streamTasks } from '../../runtime/index.ts'
import type { StubSetting, Stubs } from './stubs.ts'

/** The parts of the page, by their names in the answer (RT-38): a calculation and two external calls. */
export const partNames = ['compute', 'slow', 'also_slow'] as const
export type PartName = (typeof partNames)[number]

/** What the page shows of a part. */
export type Part = { value: number } | { error: 'unavailable' }

export type DashboardAnswer = Record<PartName, Part> & { some_param: number }

/** Makes parts of one request slow or fail, without effect on other requests. */
export type PartChanges = Partial<Record<PartName, Partial<StubSetting>>>

interface DashboardOptions {
  runtime: Runtime
  clock: Clock
  stubs: Pick<Stubs<PartName | 'lookup' | 'tracking'>, 'call'>
  /** A part that takes longer is given up. */
  partLimitMs: number
  /** Starts work that the page does not wait for, and returns at once. */
  inBackground(work: () => Promise<unknown>): void
}

/** One page made of a lookup, three slow parts and a note for the statistics: one after the other, and all at once. */
export function createDashboard({ runtime, clock, stubs, partLimitMs, inBackground }: DashboardOptions) {
  const track = () => stubs.call('tracking')

  /** One part after the other: takes the sum of their times, and rejects when one fails (RT-37). */
  async function serial(changes: PartChanges = {}): Promise<DashboardAnswer> {
    const param = await stubs.call('lookup')
    const compute = await part('compute', changes)
    const slow = await part('slow', changes)
    const alsoSlow = await part('also_slow', changes)
    await track()
    return { some_param: param, compute, slow, also_slow: alsoSlow }
  }

  /** All parts at once: takes as long as the slowest. A part that fails or is too slow leaves a placeholder (RT-38, RT-40). */
  async function parallel(changes: PartChanges = {}): Promise<DashboardAnswer> {
    const param = await stubs.call('lookup')
    inBackground(track)
    const outcomes = await streamTasks(clock, partNames, (name) => startPart(name, changes), {
      concurrencyMax: partNames.length,
      timeoutMs: partLimitMs,
      onTimeout: 'kill_task',
    })
    const [compute, slow, alsoSlow] = outcomes.map(shownAs) as [Part, Part, Part]
    return { some_param: param, compute, slow, also_slow: alsoSlow }
  }

  const part = async (name: PartName, changes: PartChanges) => ({ value: await stubs.call(name, changes[name]) })

  const startPart = (name: PartName, changes: PartChanges) =>
    startTask(runtime, () => part(name, changes), { name: `Talk.Part.${name}` })

  return { serial, parallel, part }
}

const shownAs = (outcome: Outcome<Part>): Part => ('ok' in outcome ? outcome.ok : { error: 'unavailable' })
