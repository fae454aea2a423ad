import { describe, expect, it } from 'vitest'
import { silentLog as log } from '../../../system/platform/log.ts'
import { child, createRuntime, dynamicSupervisor, supervisor } from '../../../system/runtime/index.ts'
import { createFakeClock } from '../../support/channel-case.ts'

type Strategy = 'one_for_one' | 'rest_for_one'

async function family(strategy: Strategy, budget: { restartsMax?: number; withinMs?: number } = {}) {
  const clock = createFakeClock()
  const runtime = createRuntime({ clock, log })
  const diary: string[] = []
  const member = (name: string) =>
    child(name, () =>
      runtime.start<string>({
        name,
        init: () => void diary.push(`start ${name}`),
        handle: () => {},
        terminate: () => void diary.push(`stop ${name}`),
      }),
    )
  const top = await supervisor({ clock, log }, 'top', { strategy, ...budget }, ['a', 'b', 'c'].map(member)).start()
  const ids = () => Object.fromEntries(top.children().map(({ name, child: one }) => [name, one?.id]))
  const kill = (name: string) => runtime.registry.whereis(name)?.kill()
  const restarted = (before: Record<string, string | undefined>) =>
    expect
      .poll(() => top.children().every(({ child: one }) => one?.alive) && ids(), { timeout: 1_000 })
      .not.toEqual(before)
  return { clock, top, diary, ids, kill, restarted }
}

describe('a supervisor', () => {
  it('starts in order and stops in the reverse order (RT-1)', async () => {
    const { top, diary } = await family('one_for_one')
    await top.stop()
    expect(diary).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a'])
    expect(top.alive).toBe(false)
  })

  it('restarts only the one that failed (RT-2)', async () => {
    const { ids, kill, restarted, top } = await family('one_for_one')
    const before = ids()
    kill('b')
    await restarted(before)
    expect([ids().a, ids().c, ids().b === before.b, top.alive]).toEqual([before.a, before.c, false, true])
  })

  it('restarts the one that failed and all after it, in order (RT-3)', async () => {
    const { ids, kill, diary, restarted } = await family('rest_for_one')
    const before = ids()
    diary.length = 0
    kill('b')
    await restarted(before)
    await expect.poll(() => diary).toEqual(['stop b', 'stop c', 'start b', 'start c'])
    expect([ids().a, ids().b === before.b, ids().c === before.c]).toEqual([before.a, false, false])
  })

  it('gives up when restarts come too fast, stops the rest and says why (RT-6)', async () => {
    const { top, kill, ids, restarted } = await family('one_for_one', { restartsMax: 2, withinMs: 5_000 })
    const reasons: string[] = []
    top.onExit(({ kind }) => reasons.push(kind))
    for (let n = 0; n < 2; n += 1) {
      const before = ids()
      kill('a')
      await restarted(before)
    }
    kill('a')
    await expect.poll(() => reasons).toEqual(['shutdown'])
    expect(top.children().map(({ child: one }) => one)).toEqual([undefined, undefined, undefined])
  })

  it('forgives restarts that are long ago (RT-6)', async () => {
    const { clock, top, kill, ids, restarted } = await family('one_for_one', { restartsMax: 1, withinMs: 5_000 })
    for (let n = 0; n < 4; n += 1) {
      const before = ids()
      kill('a')
      await restarted(before)
      // Counted in whole seconds: 5.999 s later the first restart still counts.
      await clock.advance(6_000)
    }
    expect(top.alive).toBe(true)
  })
})

describe('a dynamic supervisor (RT-4)', () => {
  function nursery() {
    const clock = createFakeClock()
    const runtime = createRuntime({ clock, log })
    const top = dynamicSupervisor({ clock, log }, 'carts', {
      child: (name: string) => ({ start: () => runtime.start({ name, handle: () => {} }) }),
      restartsMax: 1,
    })
    return { top, kill: (name: string) => runtime.registry.whereis(name)?.kill(), runtime }
  }

  it('has no child at the start, and each that is added with its own argument', async () => {
    const { top, runtime } = nursery()
    expect(top.count()).toBe(0)
    await top.startChild('one')
    await top.startChild('two')
    expect([top.count(), runtime.registry.names()]).toEqual([2, ['one', 'two']])
  })

  it('restarts the one that died alone, and gives up when its children die too often', async () => {
    const { top, kill, runtime } = nursery()
    const [one, two] = [await top.startChild('one'), await top.startChild('two')]
    const [first, other] = [one?.child()?.id, two?.child()?.id]
    kill('one')
    await expect.poll(() => one?.child()?.alive && one.child()?.id !== first).toBe(true)
    expect([two?.child()?.id, top.alive]).toEqual([other, true])
    kill('two')
    await expect.poll(() => top.alive).toBe(false)
    expect(runtime.actors()).toEqual([])
  })

  it('stops all of them', async () => {
    const { top, runtime } = nursery()
    await top.startChild('one')
    await top.stop()
    expect([runtime.actors(), top.alive]).toEqual([[], false])
    await expect(top.startChild('late')).rejects.toThrow('is not running')
  })
})
