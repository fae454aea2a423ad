import { describe, expect, it } from 'vitest'
import { workloadsModule } from '../../../../system/apps/workloads/module.ts'
import { compute, createWork } from '../../../../system/apps/workloads/work.ts'
import { noWork, workChannel } from '../../../../system/apps/workloads/work-channel.ts'
import { connected, socket } from '../../../../system/channels/index.ts'
import type { AppContext } from '../../../../system/node/module.ts'
import { createFakeClock, openCase } from '../../../support/channel-case.ts'

const ok = { status: 'ok', response: {} }

async function opened({ parallelMax = 10 } = {}) {
  const clock = createFakeClock()
  const counts = noWork()
  const queries: (() => void)[] = []
  const sleepInDatabase = () => new Promise<void>((resolve) => void queries.push(resolve))
  const channel = workChannel({ work: createWork({ clock, sleepInDatabase }), counts, parallelMax })
  const definition = socket({
    name: 'WorkSocket',
    path: '/w',
    channels: { 'work:*': channel },
    connect: () => connected(),
  })
  const client = await openCase(definition, { clock })
  await client.join('work:1')
  /** In which order the pushes so far were answered. */
  const answered = () => client.sent.flatMap(([, ref, , event]) => (event === 'phx_reply' ? [ref] : []))
  const push = (event: string, ms: number, kind = 'wait') => client.push('work:1', event, { kind, ms })
  return { ...client, clock, counts, queries, answered, push }
}

describe('the channel that works (PM-17..PM-21)', () => {
  it('handles sync work one piece after the other, and replies in order', async () => {
    const { clock, push, answered, counts } = await opened()
    const refs = [push('sync', 40), push('sync', 1)]
    await clock.advance(39)
    expect(counts.started).toBe(1)
    await clock.advance(1)
    await clock.advance(1)
    expect(answered().slice(1)).toEqual(refs)
  })

  it('handles async work beside the channel, and a short piece overtakes a long one (PM-19)', async () => {
    const { clock, push, answered, counts } = await opened()
    const [long, short] = [push('async', 40), push('async', 1)]
    await clock.advance(1)
    expect(counts).toMatchObject({ started: 2, pendingMost: 2 })
    await clock.advance(39)
    expect(answered().slice(1)).toEqual([short, long])
  })

  it('refuses more async work than the limit, and takes some again when there is room (PM-21)', async () => {
    const { clock, push, replyTo, ask, counts } = await opened({ parallelMax: 2 })
    push('async', 10)
    push('async', 10)
    expect(await ask('work:1', 'async', { kind: 'wait', ms: 10 })).toEqual({
      status: 'error',
      response: { reason: 'too many at once' },
    })
    await clock.advance(10)
    const later = push('async', 10)
    await clock.advance(10)
    expect(await replyTo(later)).toEqual(ok)
    expect(counts).toMatchObject({ refused: 1, pendingMost: 2 })
  })

  it('cuts async waiting short when the client leaves, and sends no late reply (PM-20)', async () => {
    const { clock, push, ask, answered, counts } = await opened()
    const ref = push('async', 50)
    await ask('work:1', 'phx_leave')
    await clock.advance(60)
    expect(answered()).not.toContain(ref)
    expect(counts).toMatchObject({ started: 1, finished: 0, cancelled: 1, finishedAfterLeave: 0 })
  })

  it('counts a query that went on for nobody after the client had left', async () => {
    const { clock, push, ask, queries, answered, counts } = await opened()
    const ref = push('async', 50, 'database')
    await clock.advance(0)
    await ask('work:1', 'phx_leave')
    queries[0]!()
    await clock.advance(1)
    expect(counts).toMatchObject({ finished: 1, finishedAfterLeave: 1, cancelled: 0 })
    expect(answered()).not.toContain(ref)
  })

  it('computes within the push, in either form', async () => {
    const { ask, counts } = await opened()
    expect(await ask('work:1', 'sync', { kind: 'cpu', ms: 0.1 })).toEqual(ok)
    expect(await ask('work:1', 'async', { kind: 'cpu', ms: 0.1 })).toEqual(ok)
    expect(counts).toMatchObject({ started: 2, finished: 2 })
  })

  it('takes up to 10 s of work, and work of no kind takes none', async () => {
    const { ask } = await opened()
    expect(await ask('work:1', 'sync', { kind: 'none', ms: 10_000 })).toEqual(ok)
  })

  it('computes as much for each ms as ever: figures of different days are compared', () => {
    expect([0, 0.5, 1, 2].map(compute)).toEqual([1, -1_029_382_895, -750_166_495, 366_300_225])
  })

  it.each([
    { kind: 'sleep', ms: 1 },
    { kind: 'wait', ms: -1 },
    { kind: 'wait', ms: 10_001 },
    { kind: 'wait', ms: '1' },
  ])('refuses work that is none: %o', async (payload) => {
    const { ask, counts } = await opened()
    expect((await ask('work:1', 'sync', payload)) as { status: string }).toHaveProperty('status', 'error')
    expect(counts.started).toBe(0)
  })
})

describe('the application for measurements', () => {
  it('serves nothing to clients unless it is switched on', () => {
    const context = { config: { WORKLOADS: false } } as unknown as AppContext<never>
    const { sockets, routes } = workloadsModule.create(context as never)
    expect([sockets, routes]).toEqual([undefined, undefined])
  })
})
