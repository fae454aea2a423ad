import { describe, expect, it } from 'vitest'
import { silentLog as log } from '../../../system/platform/log.ts'
import { type ActorSpec, createRuntime } from '../../../system/runtime/index.ts'
import { createFakeClock } from '../../support/channel-case.ts'

function opened(spec: Partial<ActorSpec<string>> = {}) {
  const clock = createFakeClock()
  const runtime = createRuntime({ clock, log })
  const actor = runtime.spawn<string>({ hibernateAfterMs: 1_000, handle: () => undefined, ...spec })
  return { clock, runtime, actor }
}

describe('an actor with an idle time (RT-64)', () => {
  it('hibernates after it, late by a fifteenth at most, and not before', async () => {
    const { clock, actor } = opened()
    actor.send('noop')
    await clock.advance(999)
    expect(actor.hibernated).toBe(false)
    await clock.advance(68)
    expect(actor.hibernated).toBe(true)
  })

  it('counts from its last message', async () => {
    const { clock, actor } = opened()
    await clock.advance(900)
    actor.send('noop')
    await clock.advance(900)
    expect(actor.hibernated).toBe(false)
    await clock.advance(200)
    expect(actor.hibernated).toBe(true)
  })

  it('is woken by the next message, which it handles, and hibernates again', async () => {
    const handled: string[] = []
    const { clock, actor } = opened({ handle: (message) => void handled.push(message) })
    await clock.advance(1_100)
    actor.send('wake')
    expect([actor.hibernated, handled]).toEqual([false, ['wake']])
    await clock.advance(1_100)
    expect(actor.hibernated).toBe(true)
  })

  it('is not idle while it handles a message, however long that takes', async () => {
    const { clock, actor } = opened({ handle: () => clock.sleep(5_000) })
    actor.send('slow')
    await clock.advance(4_900)
    expect(actor.hibernated).toBe(false)
  })

  it('has no timer while all hibernate, nor after its end', async () => {
    const { clock, runtime, actor } = opened()
    expect(clock.timerCount()).toBe(1)
    await clock.advance(1_100)
    expect(clock.timerCount()).toBe(0)
    actor.send('wake')
    runtime.spawn<string>({ hibernateAfterMs: 1_000, handle() {} }).kill()
    expect(clock.timerCount()).toBe(1)
    actor.kill()
    expect(clock.timerCount()).toBe(0)
  })

  it('keeps the timers and callers that it has', async () => {
    const { clock, actor } = opened({
      handle(message, self) {
        if (message === 'begin') self.sendAfter(3_000, 'later')
        return message
      },
    })
    actor.send('begin')
    await clock.advance(1_100)
    expect(actor.hibernated).toBe(true)
    await clock.advance(2_000)
    expect([actor.hibernated, actor.handled]).toEqual([false, 2])
    expect(await actor.call('asked')).toBe('asked')
  })
})

describe('hibernation that is asked for (RT-65)', () => {
  it('happens after the message that asks for it', () => {
    const { actor } = opened({
      hibernateAfterMs: undefined,
      handle: (message) => message === 'sleep' && actor.hibernate(),
    })
    actor.send('noop')
    expect(actor.hibernated).toBe(false)
    actor.send('sleep')
    expect(actor.hibernated).toBe(true)
  })

  it('waits for messages that wait', async () => {
    const { clock, actor } = opened({
      hibernateAfterMs: undefined,
      async handle(message) {
        if (message === 'sleep') actor.hibernate()
        await clock.sleep(10)
      },
    })
    actor.send('sleep')
    actor.send('noop')
    await clock.advance(10)
    expect([actor.hibernated, actor.mailboxLength]).toEqual([false, 0])
    await clock.advance(10)
    expect([actor.hibernated, actor.handled]).toEqual([false, 2])
  })

  it('follows every message where the idle time is 0', () => {
    const { clock, actor } = opened({ hibernateAfterMs: 0 })
    actor.send('noop')
    expect([actor.hibernated, actor.handled, clock.timerCount()]).toEqual([true, 1, 0])
  })
})
