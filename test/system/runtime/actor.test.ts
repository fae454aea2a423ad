import { describe, expect, it } from 'vitest'
import { silentLog as log } from '../../../system/platform/log.ts'
import { ActorExited, CallTimeout, createRuntime } from '../../../system/runtime/index.ts'
import { createFakeClock, keptLog } from '../../support/channel-case.ts'

const opened = () => {
  const clock = createFakeClock()
  return { clock, runtime: createRuntime({ clock, log }) }
}

describe('an actor (CH-5, RT-5, RT-8)', () => {
  it('handles one message at a time, in the order of arrival, also when a handler waits', async () => {
    const { clock, runtime } = opened()
    const done: string[] = []
    const actor = runtime.spawn<[string, number]>({
      async handle([name, delayMs]) {
        if (delayMs > 0) await clock.sleep(delayMs)
        done.push(name)
      },
    })
    actor.send(['slow', 100])
    actor.send(['quick', 0])
    await clock.advance(50)
    expect([done, actor.mailboxLength]).toEqual([[], 1])
    await clock.advance(50)
    expect([done, actor.handled]).toEqual([['slow', 'quick'], 2])
  })

  it('has a call in flight until it is answered or was given up (RT-11)', async () => {
    const { clock, runtime } = opened()
    const actor = runtime.spawn<number>({ handle: (delayMs) => clock.sleep(delayMs) })
    const calls = [actor.call(50), actor.call(10_000, 200).catch((error) => error)]
    expect(actor.callsInFlight).toBe(2)
    await clock.advance(50)
    await calls[0]
    expect(actor.callsInFlight).toBe(1)
    await clock.advance(200)
    expect(await calls[1]).toBeInstanceOf(CallTimeout)
    expect(actor.callsInFlight).toBe(0)
  })

  it('runs a message at once when it is idle', () => {
    const { runtime } = opened()
    const seen: number[] = []
    runtime.spawn<number>({ handle: (n) => void seen.push(n) }).send(1)
    expect(seen).toEqual([1])
  })

  it('is ended by what it throws, not its sender; says so in the log, and nobody else notices (DF-125)', () => {
    const { lines, log: kept } = keptLog()
    const runtime = createRuntime({ clock: createFakeClock(), log: kept })
    const spec = {
      handle(message: string) {
        if (message === 'bad') throw new Error('boom')
        return message
      },
    }
    const [victim, other] = [runtime.spawn(spec, { unique: false }), runtime.spawn(spec, { unique: false })]
    const reasons: string[] = []
    victim.onExit(({ kind }) => reasons.push(kind))
    victim.send('bad')
    victim.send('lost')
    expect([victim.alive, other.alive, reasons]).toEqual([false, true, ['crash']])
    expect(lines).toEqual(['an actor crashed'])
    expect(runtime.actors().map(({ id }) => id)).toEqual([other.id])
  })

  it('fails a caller promptly when it is ended by the very message of the call', async () => {
    const { runtime } = opened()
    const ending = runtime.spawn<string>({
      async handle() {
        ending.kill()
        await new Promise(() => {})
      },
    })
    await expect(ending.call('?')).rejects.toBeInstanceOf(ActorExited)
  })

  it('fails its callers promptly when it dies, and after five seconds when it does not answer', async () => {
    const { clock, runtime } = opened()
    const silent = () => runtime.spawn<string>({ handle: () => new Promise(() => {}) }, { unique: false })
    const dying = silent()
    const promptly = dying.call('?')
    dying.kill()
    await expect(promptly).rejects.toBeInstanceOf(ActorExited)
    await expect(dying.call('?')).rejects.toBeInstanceOf(ActorExited)
    const late = expect(silent().call('?')).rejects.toBeInstanceOf(CallTimeout)
    await clock.advance(5_000)
    await late
  })

  it('forgets its timers when it ends', async () => {
    const { clock, runtime } = opened()
    const seen: string[] = []
    const actor = await runtime.start<string>({
      init: (self) => void self.sendAfter(100, 'tick'),
      handle: (message) => void seen.push(message),
    })
    await clock.advance(100)
    expect(seen).toEqual(['tick'])
    actor.kill()
    await clock.advance(1_000)
    expect(seen).toEqual(['tick'])
  })

  it('keeps nothing of timers that have fired or were cancelled (RT-66)', async () => {
    const { clock, runtime } = opened()
    const actor = await runtime.start<string>({
      init(self) {
        for (let n = 0; n < 10; n += 1) self.sendAfter(10, 'tick')
        self.sendAfter(1_000, 'late')()
      },
      handle: () => {},
    })
    await clock.advance(20)
    expect((actor as unknown as { timers?: Set<unknown> }).timers?.size ?? 0).toBe(0)
  })

  it('has a name that is free again the moment it dies (RT-15)', () => {
    const { runtime } = opened()
    const spec = { name: 'one', handle: () => {} }
    const first = runtime.spawn(spec)
    expect(() => runtime.spawn(spec)).toThrow('is taken by a living actor')
    expect(runtime.registry.whereis('one')?.id).toBe(first.id)
    first.kill()
    expect([runtime.registry.whereis('one'), runtime.registry.names()]).toEqual([undefined, []])
    expect(runtime.spawn(spec).alive).toBe(true)
  })

  it('is not even begun where its name is taken: it would live on without one (RT-15)', () => {
    const { runtime } = opened()
    const begun: string[] = []
    const spec = (who: string) => ({ name: 'one', init: () => void begun.push(who), handle: () => {} })
    runtime.spawn(spec('first'))
    expect(() => runtime.spawn(spec('second'))).toThrow('is taken by a living actor')
    expect(begun).toEqual(['first'])
  })

  it('rejects its start when its init throws', async () => {
    const { runtime } = opened()
    const start = runtime.start({
      init: () => Promise.reject(new Error('no database')),
      handle: () => {},
    })
    await expect(start).rejects.toThrow('no database')
  })
})
