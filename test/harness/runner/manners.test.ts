import { expect, it } from 'vitest'
import { mannersOf } from '../../../harness/history/manners.ts'
import { createRecorder } from '../../../harness/history/recorder.ts'
import { systemClock } from '../../../harness/platform/clock.ts'
import { errorsIn, warningsIn, watchMachine } from '../../../harness/runner/manners.ts'
import type { RunState } from '../../../harness/runner/run-state.ts'
import { createStarvationMeter } from '../../../harness/runner/starvation.ts'

const line = (level: number, second: number, more: object) =>
  JSON.stringify({ level, time: `2026-01-01T00:00:0${second}.000Z`, msg: 'it broke', ...more })
const beganMs = Date.parse('2026-01-01T00:00:01.000Z')

it('finds the errors in a log, with the time since the scenario began and the reason', () => {
  const log = [
    'Debugger listening',
    line(30, 2, {}),
    line(50, 3, { err: { message: 'boom' } }),
    line(50, 4, { reason: 'no port' }),
    line(60, 5, {}),
    '{"level":50,"time":"2026-01-01T00:0',
  ].join('\n')
  expect(errorsIn(log, beganMs)).toEqual([
    { atMs: 2_000, text: 'it broke: boom' },
    { atMs: 3_000, text: 'it broke: no port' },
    { atMs: 4_000, text: 'it broke' },
  ])
})

it('finds the warnings of the runtime that are always a mistake, each once', () => {
  const leak =
    'MaxListenersExceededWarning: Possible EventEmitter memory leak detected. 11 error listeners added to [Client].'
  const log = [
    `(node:41) ${leak}`,
    line(30, 2, {}),
    `(node:41) ${leak}`,
    '(node:41) ExperimentalWarning: localStorage is not available',
    '(Use `node --trace-warnings ...` to show where the warning was created)',
    '(node:41) TimeoutOverflowWarning: 3000000000 does not fit into a 32-bit signed integer.',
  ].join('\n')
  expect(warningsIn(log)).toEqual([
    leak,
    'TimeoutOverflowWarning: 3000000000 does not fit into a 32-bit signed integer.',
  ])
})

const standsStillMs = 600

/** For how long whom stood still while a node was watched that answers like this once, and then at once. */
async function stallsWhile(answersOnce: () => Promise<void>): Promise<{ who: string; forMs: number }[]> {
  let answers = answersOnce
  const ready = async () => {
    const own = answers
    answers = async () => {}
    await own()
    return { ready: true }
  }
  const recorder = createRecorder({ elapsedMs: () => 0, sink: () => {}, isDefinite: () => false })
  const stop = watchMachine({
    recorder,
    meter: createStarvationMeter(),
    elapsedMs: systemClock.monotonicMs,
    scenario: {},
    cluster: { nodes: [{ name: 'n1', hasControl: true, control: { ready } }] },
  } as unknown as RunState)
  await systemClock.sleep(2 * standsStillMs)
  stop()
  return recorder.events
    .filter(({ operation }) => operation === mannersOf.stall)
    .map(({ who, value }) => ({ who, ...(value as { forMs: number }) }))
}

const whoStoodStill = async (answersOnce: () => Promise<void>) => (await stallsWhile(answersOnce)).map(({ who }) => who)

it('a node stood still when it answered late', async () => {
  expect(await whoStoodStill(() => systemClock.sleep(standsStillMs))).toContain('n1')
})

it('a node did not stand still while this process did, which then read its answer late', async () => {
  const untilMs = systemClock.monotonicMs() + standsStillMs
  const keepBusy = async () => {
    while (systemClock.monotonicMs() < untilMs);
  }
  expect(await whoStoodStill(keepBusy)).toEqual(['harness'])
})

it('a node that answered late on a machine that is slow for this process too was late for all of the time', async () => {
  const untilMs = systemClock.monotonicMs() + standsStillMs
  const answerLate = async () => {
    while (systemClock.monotonicMs() < untilMs) {
      const busyUntilMs = systemClock.monotonicMs() + 150
      while (systemClock.monotonicMs() < busyUntilMs);
      await systemClock.sleep(1)
    }
  }
  const ofNode = (await stallsWhile(answerLate)).filter(({ who }) => who === 'n1')
  expect(ofNode[0]?.forMs).toBeGreaterThanOrEqual(standsStillMs - 10)
})
