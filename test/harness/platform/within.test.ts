import { expect, it } from 'vitest'
import { systemClock } from '../../../harness/platform/clock.ts'
import { within } from '../../../harness/platform/within.ts'

/** Tells which timers were not cancelled. */
function watched() {
  const running = new Set<() => void>()
  const after = (_delayMs: number, run: () => void) => {
    running.add(run)
    return () => void running.delete(run)
  }
  return { clock: { ...systemClock, after }, running }
}

it.each([
  ['done', () => Promise.resolve()],
  ['failed', () => Promise.reject(new Error('no'))],
])('leaves no timer behind when the work is %s', async (_how, work) => {
  const { clock, running } = watched()
  await within(clock, 25_000, work())
  expect(running.size).toBe(0)
})

it('waits no longer than it is told to', async () => {
  const { clock, running } = watched()
  const waiting = within(clock, 25_000, new Promise(() => {}))
  for (const run of running) run()
  await expect(waiting).resolves.toBeUndefined()
})
