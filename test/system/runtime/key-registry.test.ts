import { describe, expect, it } from 'vitest'
import { ActorExited, createRuntime, startKeyRegistry } from '../../../system/runtime/index.ts'
import { createFakeClock, keptLog } from '../../support/channel-case.ts'

describe('a registry of keys (RT-15, RT-22)', () => {
  it('takes its holders along when it fails, and then refuses every question', () => {
    const runtime = createRuntime({ clock: createFakeClock(), log: keptLog().log })
    const holder = runtime.spawn({ name: 'holder', handle: () => {} })
    const registry = startKeyRegistry<number>(runtime, { name: 'registry', keys: 'unique' })
    registry.register('key', holder, 1)
    registry.actor.kill()
    expect(holder.alive).toBe(false)
    const questions = [
      () => registry.register('key', holder, 1),
      () => registry.lookup('key'),
      () => registry.whereis('key'),
      () => registry.unregister('key', holder),
      () => registry.update('key', holder, (value) => value),
      () => registry.keysOf(holder),
      () => registry.valuesOf('key', holder),
      () => registry.dispatch('key', () => {}),
      () => registry.count(),
    ]
    for (const question of questions) expect(question).toThrow(new ActorExited('registry is not running'))
  })
})
