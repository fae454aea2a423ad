import { expect, it } from 'vitest'
import { createChanges } from '../../../harness/cli/watch/changes.ts'

/** A clock whose timers run when they are told to. */
function handClock() {
  const timers = new Set<() => void>()
  return {
    pass: () => {
      for (const run of [...timers]) run()
      timers.clear()
    },
    clock: {
      now: () => 0,
      monotonicMs: () => 0,
      sleep: async () => {},
      after(_delayMs: number, run: () => void) {
        timers.add(run)
        return () => void timers.delete(run)
      },
    },
  }
}

it('gives out all that changed in one go, each file once', async () => {
  const { clock, pass } = handClock()
  const changes = createChanges(300, clock)
  const next = changes.next()
  for (const name of ['scenarios/b.ts', 'scenarios/a.ts', 'scenarios/b.ts']) changes.add(name)
  pass()
  expect(await next).toEqual(['scenarios/a.ts', 'scenarios/b.ts'])
})

it('keeps what changed while nobody asked, so that a change during a run is not missed', async () => {
  const { clock, pass } = handClock()
  const changes = createChanges(300, clock)
  changes.add('system/main.ts')
  pass()
  const next = changes.next()
  pass()
  expect(await next).toEqual(['system/main.ts'])
})

it('takes no notice of what editors and runs leave', async () => {
  const { clock, pass } = handClock()
  const changes = createChanges(300, clock)
  const next = changes.next()
  for (const name of ['system/.main.ts.swp', '../own/squall/reports/r1/verdict.json', 'system/main.ts~'])
    changes.add(name)
  changes.add('squall.config.ts')
  pass()
  expect(await next).toEqual(['squall.config.ts'])
})

it('waits no longer when it is stopped', async () => {
  const { clock, pass } = handClock()
  const changes = createChanges(300, clock)
  const next = changes.next()
  changes.stop()
  pass()
  expect(await next).toEqual([])
})
