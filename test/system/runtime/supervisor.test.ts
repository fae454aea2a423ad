import { describe, expect, it } from 'vitest'
import { silentLog as log } from '../../../system/platform/log.ts'
import {
  type Child,
  child,
  createRuntime,
  dynamicSupervisor,
  type ExitReason,
  type Supervised,
  supervisor,
} from '../../../system/runtime/index.ts'
import { createFakeClock, keptLog } from '../../support/channel-case.ts'

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

  it('keeps the place of a child that is not wanted, unless it is temporary (RT-1)', async () => {
    const nobody = (name: string, restart: 'permanent' | 'temporary'): Child => ({
      ...child(name, async () => undefined),
      restart,
    })
    const children = [nobody('later', 'permanent'), nobody('never', 'temporary')]
    const top = await supervisor(
      { clock: createFakeClock(), log },
      'top',
      { strategy: 'one_for_one' },
      children,
    ).start()
    expect(top.children().map(({ name }) => name)).toEqual(['later'])
    await top.stop()
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

  it('has an id of its own where it is given one, and its name otherwise (RT-77)', () => {
    const { top } = nursery()
    const other = dynamicSupervisor({ clock: createFakeClock(), log }, 'carts', {
      child: () => ({ start: () => undefined }),
      id: 'carts-2',
    })
    expect([top.id, top.actor.id, other.id, other.actor.id]).toEqual(['carts', 'carts', 'carts-2', 'carts-2'])
  })

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

/** A child whose starts fail where the list says so, and that ends as it wants when it is asked to. */
function scripted(name: string, { refusals = [] as boolean[], endsWith = { kind: 'shutdown' } as ExitReason } = {}) {
  let attempt = 0
  let end: (reason: ExitReason) => void = () => {}
  function start(): Supervised {
    attempt += 1
    if (refusals[attempt - 1]) throw new Error('refused')
    const listeners: ((reason: ExitReason) => void)[] = []
    let alive = true
    end = (reason) => {
      alive = false
      for (const listener of listeners.splice(0)) listener(reason)
    }
    const mine = end
    return {
      get alive() {
        return alive
      },
      stop: async () => mine(endsWith),
      signal: () => mine(endsWith),
      kill: () => mine({ kind: 'killed' }),
      onExit(listener) {
        listeners.push(listener)
        return () => {}
      },
    }
  }
  return { name, start, end: (reason: ExitReason) => end(reason) }
}

const quiet = async () => {
  for (let rounds = 0; rounds < 5; rounds += 1) await new Promise(setImmediate)
}

const killed: ExitReason = { kind: 'killed' }

describe('a supervisor, as OTP has it at its borders (RT-2, RT-6)', () => {
  const deps = () => ({ clock: createFakeClock(), ...keptLog() })
  const specOf = ({ name, start }: ReturnType<typeof scripted>, more: Partial<Child> = {}): Child => ({
    name,
    start,
    ...more,
  })

  it('does not count a significant child as ended while it is being restarted', async () => {
    const [one, other] = [scripted('one', { refusals: [false, true] }), scripted('other')]
    const significant = { significant: true, restart: 'transient' } as const
    const top = await supervisor(deps(), 'top', { strategy: 'one_for_one', autoShutdown: 'all_significant' }, [
      specOf(one, significant),
      specOf(other, significant),
    ]).start()
    one.end(killed)
    other.end({ kind: 'normal' })
    await quiet()
    expect([top.alive, top.children().map(({ child: running }) => running?.alive)]).toEqual([true, [true, undefined]])
  })

  it('knows a child that is being restarted, and refuses another of its name', async () => {
    const one = scripted('one', { refusals: [false, true] })
    const top = await supervisor(deps(), 'top', { strategy: 'one_for_one' }, [specOf(one)]).start()
    one.end(killed)
    const requests = [top.startChild(specOf(one)), top.restartChild('one'), top.deleteChild('one')]
    const outcomes = await Promise.allSettled(requests)
    expect(outcomes.map((outcome) => 'reason' in outcome && outcome.reason.refusal)).toEqual([
      'already_present',
      'restarting',
      'restarting',
    ])
  })

  it('refuses to add a significant child whose end would mean nothing', async () => {
    const top = await supervisor(deps(), 'top', { strategy: 'one_for_one' }, []).start()
    await expect(top.startChild(specOf(scripted('one'), { significant: true, restart: 'transient' }))).rejects.toThrow(
      'one is significant, but the supervisor has no autoShutdown',
    )
    expect(top.children()).toEqual([])
  })

  it.each([
    [{ kind: 'shutdown' }, 'permanent', 0],
    [{ kind: 'shutdown', why: 'x' }, 'permanent', 1],
    [{ kind: 'shutdown', why: 'x' }, 'transient', 0],
    [{ kind: 'normal' }, 'permanent', 1],
    [{ kind: 'normal' }, 'temporary', 0],
    [{ kind: 'exit', why: 'oops' }, 'temporary', 1],
  ] as const)(
    'asks a child to end, which ends by %o and is %s: lines in the log: %i',
    async (endsWith, restart, count) => {
      const { clock, log: kept, lines } = deps()
      const one = scripted('one', { endsWith })
      const top = await supervisor({ clock, log: kept }, 'top', { strategy: 'one_for_one' }, [
        specOf(one, { restart }),
      ]).start()
      await top.stop()
      expect(lines).toEqual(Array.from({ length: count }, () => 'a child did not end as it should'))
    },
  )

  it('a dynamic one says it too when a permanent child ends normally', async () => {
    const { clock, log: kept, lines } = deps()
    const one = scripted('one', { endsWith: { kind: 'normal' } })
    const top = dynamicSupervisor({ clock, log: kept }, 'top', { child: () => ({ start: one.start }) })
    await top.startChild()
    await top.stop()
    expect(lines).toEqual(['a child did not end as it should'])
  })
})
