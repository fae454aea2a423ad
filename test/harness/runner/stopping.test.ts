import { expect, it } from 'vitest'
import { EnvironmentMissing } from '../../../harness/platform/errors.ts'
import type { StopSignal } from '../../../harness/platform/interruption.ts'
import { createStopping } from '../../../harness/runner/stopping.ts'

function stoppingAt({ elapsedMs = 0, signal }: { elapsedMs?: number; signal?: StopSignal }) {
  return createStopping({ budgetMs: 6_000, elapsedMs: () => elapsedMs, interruptedBy: () => signal })
}

it('a run goes on while there is no reason to stop', () => {
  expect(stoppingAt({ elapsedMs: 6_000 }).because()).toBeUndefined()
  expect(createStopping({ elapsedMs: () => 1e9, interruptedBy: () => undefined }).because()).toBeUndefined()
})

it('a run stops at a signal, after its budget, when something is missing or when it has seen enough: it says the first of these', () => {
  const stopping = stoppingAt({})
  stopping.seeEnough()
  expect(stopping.because()).toBe('the run has seen enough')
  stopping.lack(undefined)
  stopping.lack(new EnvironmentMissing('no browser'))
  stopping.lack(new EnvironmentMissing('no Redis'))
  expect([stopping.because(), stopping.lacking()?.message]).toEqual(['no browser', 'no browser'])
  expect(stoppingAt({ elapsedMs: 6_001 }).because()).toBe('the budget of 6 s is used up')
  expect(stoppingAt({ elapsedMs: 6_001, signal: 'SIGTERM' }).because()).toBe('interrupted')
})
