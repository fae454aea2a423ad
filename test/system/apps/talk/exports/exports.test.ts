import { afterEach, describe, expect, it } from 'vitest'
import { exportChannel } from '../../../../../system/apps/talk/exports/export-channel.ts'
import type { StoredExport } from '../../../../../system/apps/talk/exports/export-files.ts'
import { createExports, exportsMax } from '../../../../../system/apps/talk/exports/exports.ts'
import { createSteps, stepNames } from '../../../../../system/apps/talk/exports/steps.ts'
import { createStubs } from '../../../../../system/apps/talk/stubs.ts'
import { connected, socket } from '../../../../../system/channels/index.ts'
import { createPubSub } from '../../../../../system/pubsub/index.ts'
import { openCase } from '../../../../support/channel-case.ts'
import { type Bench, createBench, timed } from '../support.ts'

let bench: Bench
afterEach(() => bench.stop())

/** Exports with steps of a second and files in memory. */
async function startExports() {
  bench = createBench()
  const { runtime, clock, log } = bench
  const stored = new Map<string, StoredExport>()
  const contents = new Map<string, string>()
  const change = (id: string, part: Partial<StoredExport>) => void stored.set(id, { ...stored.get(id)!, ...part })
  const files = {
    add: async (id: string, format: 'csv' | 'json') => {
      stored.set(id, { id, format, status: 'running', failure: null })
      return []
    },
    write: async (id: string, content: string) => {
      contents.set(id, content)
      return []
    },
    publish: async (id: string) => {
      change(id, { status: 'done' })
      return []
    },
    fail: async (id: string, failure: string) => {
      change(id, { status: 'failed', failure })
      return []
    },
    find: async (id: string) => stored.get(id),
    content: async () => undefined,
  }
  const stubs = createStubs(clock, { fetch: 1_000, flag: 1_000, convert: 1_000, write: 1_000, publish: 1_000 })
  const pubsub = createPubSub({ nodeName: 'n1', log })
  let ids = 0
  const exports = createExports({
    runtime,
    clock,
    log,
    pubsub,
    files,
    steps: createSteps({ clock, stubs, files, rowCount: 3 }),
    newId: () => `e${++ids}`,
    limitMs: 20_000,
    requestLimitMs: 4_000,
  })
  await bench.start(exports.child)
  const definition = socket({
    name: 'TalkSocket',
    path: '/talk_socket',
    channels: { 'export:*': exportChannel(exports) },
    connect: () => connected(),
  })
  const listen = () => openCase(definition, { clock, pubsub })
  return { exports, stubs, contents, listen }
}

const progress = stepNames.map((step, index) => ({ step, done: index + 1, total: 5 }))
const done = { url: '/talk/exports/e1.csv' }

describe('an export as an actor (RT-41, RT-53)', () => {
  it('answers at once, and tells each step and the end', async () => {
    const { exports, contents, listen } = await startExports()
    expect(await timed(bench, () => exports.start('csv'), 0)).toEqual({ value: 'e1', tookMs: 0 })
    const ann = await listen()
    expect(await ann.join('export:e1')).toEqual({ status: 'ok', response: { status: 'running' } })
    await bench.clock.advance(2_500)
    expect(ann.received('progress')).toEqual(progress.slice(0, 2))
    await bench.clock.advance(5_000)
    expect([ann.received('progress'), ann.received('done'), ann.received('failed')]).toEqual([progress, [done], []])
    expect(contents.get('e1')).toContain('2,Sneaker 2,61,true')
    expect(exports.runningCount()).toBe(0)
  })

  it('tells who joins in the middle how far it is, and who joins after the end the address', async () => {
    const { exports, listen } = await startExports()
    await exports.start('csv')
    await bench.clock.advance(3_500)
    const middle = { status: 'running', step: 'convert', done: 3, total: 5 }
    expect(await (await listen()).join('export:e1')).toEqual({ status: 'ok', response: middle })
    await bench.clock.advance(5_000)
    expect(await (await listen()).join('export:e1')).toEqual({ status: 'ok', response: { status: 'done', ...done } })
  })

  it('refuses a topic of no export', async () => {
    const { listen } = await startExports()
    expect(await (await listen()).join('export:e7')).toEqual({
      status: 'error',
      response: { reason: 'unknown_export' },
    })
  })

  it('tells that a step failed and why, and no other export is touched', async () => {
    const { exports, stubs, listen } = await startExports()
    stubs.set('convert', { fails: true })
    await exports.start('csv')
    const ann = await listen()
    await ann.join('export:e1')
    await bench.clock.advance(3_000)
    expect([ann.received('progress').length, ann.received('failed')]).toEqual([
      2,
      [{ reason: 'convert is set to fail' }],
    ])
    stubs.set('convert', { fails: false })
    await exports.start('csv')
    await bench.clock.advance(6_000)
    expect([await exports.stateOf('e1'), await exports.stateOf('e2')]).toEqual([
      { status: 'failed', reason: 'convert is set to fail' },
      { status: 'done', url: '/talk/exports/e2.csv' },
    ])
  })

  it('ends one that takes too long', async () => {
    const { exports, stubs } = await startExports()
    stubs.set('flag', { delayMs: 60_000 })
    await exports.start('csv')
    await bench.clock.advance(20_000)
    expect(await exports.stateOf('e1')).toEqual({ status: 'failed', reason: 'it was ended' })
    expect(exports.runningCount()).toBe(0)
  })
})

describe('too many exports', () => {
  it('are refused, and no other is touched', async () => {
    const { exports } = await startExports()
    await Promise.all(Array.from({ length: exportsMax }, () => exports.start('csv')))
    await expect(exports.start('csv')).rejects.toThrow(`Talk.Exports holds ${exportsMax} children, its most`)
    await bench.clock.advance(6_000)
    expect(await exports.stateOf(`e${exportsMax}`)).toMatchObject({ url: `/talk/exports/e${exportsMax}.csv` })
    expect(await exports.stateOf(`e${exportsMax + 1}`)).toMatchObject({ reason: expect.stringContaining('its most') })
  })
})

describe('an export within its request (RT-41)', () => {
  it('is given up after the limit of requests', async () => {
    const { exports } = await startExports()
    const answer = await timed(bench, () => exports.withinRequest('csv'))
    expect(answer).toEqual({ error: 'no result within 4000 ms', tookMs: 4_000 })
  })

  it('answers with the address where it is fast enough', async () => {
    const { exports, stubs } = await startExports()
    for (const name of stepNames) stubs.set(name, { delayMs: 100 })
    expect(await timed(bench, () => exports.withinRequest('json'))).toEqual({
      value: '/talk/exports/e1.json',
      tookMs: 500,
    })
  })
})
