import { afterEach, describe, expect, it } from 'vitest'
import {
  type PipelineConfig,
  pipelineProblem,
  pipelineVariables,
} from '../../../../system/apps/hello/pipeline/config.ts'
import { createOnlineUsers } from '../../../../system/apps/hello/pipeline/online-users.ts'
import { createPipeline } from '../../../../system/apps/hello/pipeline/pipeline.ts'
import { pushAction } from '../../../../system/apps/hello/pipeline/push-action.ts'
import { type Metrics, noMetrics } from '../../../../system/metrics/index.ts'
import { configPart, readConfig } from '../../../../system/platform/config.ts'
import { silentLog as log } from '../../../../system/platform/log.ts'
import { type Broadcast, createPubSub } from '../../../../system/pubsub/index.ts'
import { createRuntime, type Supervised } from '../../../../system/runtime/index.ts'
import { createFakeClock } from '../../../support/channel-case.ts'

const part = configPart({ variables: pipelineVariables, problem: pipelineProblem })
const read = (env: Record<string, string>) => readConfig(env, [part] as never) as PipelineConfig

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function started(env: Record<string, string> = {}) {
  const clock = createFakeClock()
  const runtime = createRuntime({ clock, log })
  const pubsub = createPubSub({ nodeName: 'n1', log })
  const counted: [name: string, by: number][] = []
  const metrics: Metrics = { ...noMetrics, increment: (name, by = 1) => void counted.push([name, by]) }
  const online = createOnlineUsers()
  const slow = new Map<string, number>()
  const beforeHandle = (handler: string) => (slow.has(handler) ? clock.sleep(slow.get(handler)!) : undefined)
  const pipeline = createPipeline({ config: read(env), pubsub, runtime, clock, log, metrics, beforeHandle, online })
  const came: [event: string, payload: unknown][] = []
  pubsub.subscribe('user:1', { deliver: ({ event, payload }: Broadcast) => void came.push([event, payload]) })
  const top = (await pipeline.child.start(undefined as never)) as Supervised
  stops.push(() => top.stop())
  const { run } = pushAction(pipeline.producer)
  const push = async (body: object) => {
    const answer = await run(body)
    await clock.advance(0)
    return answer
  }
  return { clock, runtime, pipeline, online, slow, counted, came, push }
}

const item = { data: { hello: 'you' }, user_id: 1 }

describe('a push at the control port (PM-31, PM-46)', () => {
  it('reaches the user after the time of the work', async () => {
    const { push, clock, came } = await started()
    expect(await push({ item })).toEqual({ ok: true, pushedCount: 1 })
    expect(came).toEqual([])
    await clock.advance(1_000)
    expect(came).toEqual([['push', { hello: 'you' }]])
  })

  it('is numbered where it stands for many, and keeps the rest of its data', async () => {
    const { push, came, clock } = await started()
    const at = clock.now()
    await push({ item, timed: true, count: 2, first: 7 })
    expect(came).toEqual([7, 8].map((n) => ['push_timed', { data: { hello: 'you', n }, at }]))
  })

  it.each([
    [{ item: 'text' }, 'cannot push text: expected an object such as { data, user_id }'],
    [{ item: 'text', count: 3 }, 'cannot push text: expected an object such as { data, user_id }'],
    [{ item, count: 0 }, 'count: '],
    [{ item, times: 3 }, 'times'],
  ])('is refused with a sentence for %j', async (body, sentence) => {
    const { push, pipeline } = await started()
    await expect(push(body)).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining(sentence) })
    expect(pipeline.state().pushed).toBe(0)
  })
})

describe('what a node says of its pipeline', () => {
  it('counts what is pushed, in work, handled and dropped', async () => {
    const { push, pipeline, clock, counted } = await started()
    await push({ item, count: 12 })
    expect(pipeline.state()).toMatchObject({ pushed: 12, running: 10, runningMax: 10, handled: 0, demandMax: 10 })
    await clock.advance(2_000)
    await push({ item: { data: {} } })
    await clock.advance(1_000)
    expect(pipeline.state()).toMatchObject({ pushed: 13, running: 0, runningMax: 10, handled: 13, dropped: 1 })
    expect(counted).toEqual([['pipeline.item_dropped', 1]])
  })

  it('counts what a full buffer discards (DF-44)', async () => {
    const { push, pipeline, counted } = await started({ PIPELINE_BUFFER_MAX: '5', PIPELINE_MAX_DEMAND: '1' })
    await push({ item, count: 10 })
    expect(pipeline.state().discarded).toBe(4)
    expect(counted.reduce((sum, [, by]) => sum + by, 0)).toBe(4)
  })

  it('counts what is lost with a producer that keeps items in memory', async () => {
    const { push, pipeline, runtime, clock, counted } = await started({ PIPELINE_MAX_DEMAND: '1' })
    await push({ item, count: 10 })
    runtime.registry.whereis('Pipeline.Producer')!.kill()
    await clock.advance(0)
    expect(pipeline.state().lost).toBe(9)
    expect(counted).toEqual([['pipeline.item_lost', 9]])
  })

  it('never counts a killed worker together with the one that takes its place (PM-40)', async () => {
    const { push, pipeline, runtime, clock, came } = await started()
    await push({ item, count: 10 })
    for (const actor of runtime.actors().filter(({ name }) => name === 'Pipeline.Worker')) actor.kill()
    await clock.advance(1_000)
    expect([pipeline.state().runningMax, came.length]).toEqual([10, 10])
  })

  it('counts who is skipped, by the changes of the tracker (PM-61)', async () => {
    const { push, pipeline, clock, came, online } = await started({ PIPELINE_SKIP_OFFLINE: 'on' })
    await push({ item })
    expect(pipeline.state()).toMatchObject({ skipped: 1, handled: 1 })
    const tab = { key: '1' }
    online.apply({ joins: [tab, tab], leaves: [] })
    online.apply({ joins: [], leaves: [tab] })
    await push({ item })
    await clock.advance(1_000)
    expect([came.length, pipeline.state().skipped]).toEqual([1, 1])
    online.apply({ joins: [], leaves: [tab] })
    await push({ item })
    expect(pipeline.state().skipped).toBe(2)
  })
})

describe('a slow producer (PM-47)', () => {
  it('takes no item before its time, and the time of the push stays', async () => {
    const { push, slow, clock, came } = await started()
    const at = clock.now()
    slow.set('Pipeline.Producer', 300)
    await push({ item, timed: true })
    expect(came).toEqual([])
    await clock.advance(300)
    expect(came).toEqual([['push_timed', { data: { hello: 'you' }, at }]])
  })
})

describe('a configuration that cannot be ends in one sentence (PM-63)', () => {
  it.each([
    [{ PIPELINE_MAX_DEMAND: '1', PIPELINE_MIN_DEMAND: '5' }, 'PIPELINE_MIN_DEMAND is 5: expected a number below'],
    [{ PIPELINE_PRODUCER: 'durable' }, 'PIPELINE_PRODUCER is durable but DATABASE_URL is not set'],
    [{ PIPELINE_CONSUMER: 'worker' }, 'PIPELINE_CONSUMER is "worker"'],
  ])('%j', (env, sentence) => expect(() => read(env)).toThrow(sentence))

  it('and a demand of one needs nothing else', () => {
    expect(read({ PIPELINE_MAX_DEMAND: '1' }).PIPELINE_MIN_DEMAND).toBeUndefined()
  })
})
