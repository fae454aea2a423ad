import { afterEach, describe, expect, it } from 'vitest'
import { createIsolateActor, type IsolateActor } from '../../../../harness/lab/runtime/isolate-actor.ts'
import { systemClock as clock } from '../../../../harness/platform/clock.ts'

const started: IsolateActor[] = []
afterEach(async () => {
  for (const one of started.splice(0)) await one.end()
})

function start(hibernateAfterMs?: number) {
  const actor = createIsolateActor({ clock, ...(hibernateAfterMs !== undefined && { hibernateAfterMs }) })
  started.push(actor)
  return actor
}
const listsOf = async (actor: IsolateActor) =>
  (await actor.ask<{ lists: string[][] }>('state')).lists.map(({ length }) => length)

describe('an actor with an isolate of its own (RT-63, RT-64)', () => {
  it('keeps its state over hibernation, and takes up the bytes of the state meanwhile', async () => {
    const actor = start()
    await actor.ask('allocate', 3)
    expect(actor.hibernated).toBe(false)
    await actor.hibernate()
    expect(actor.hibernated).toBe(true)
    expect(await actor.bytes()).toBeLessThan(100)
    expect(await listsOf(actor)).toEqual([3])
    expect(await actor.bytes()).toBeGreaterThan(1_000_000)
  })

  it('hibernates by itself after its idle time', async () => {
    const actor = start(50)
    await actor.ask('allocate', 3)
    await expect.poll(() => actor.hibernated, { timeout: 10_000 }).toBe(true)
    expect(await listsOf(actor)).toEqual([3])
  })

  it('hibernates after every message where the idle time is 0', async () => {
    const actor = start(0)
    await actor.ask('allocate', 3)
    expect(actor.hibernated).toBe(true)
    await actor.ask('clear')
    expect(await listsOf(actor)).toEqual([])
  })
})
