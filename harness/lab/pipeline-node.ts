import type { NodeState } from '../cluster/control-client.ts'
import { jsonIn } from '../platform/json.ts'
import type { LabTools } from './lab.ts'
import { type Listener, listenAs } from './pipeline/listener.ts'

interface PipelineCounts {
  pushed: number
  handled: number
  dropped: number
  lost: number
  running: number
  runningMax: number
}

interface Push {
  userId: number
  count: number
  first?: number
  timed?: boolean
}

/** A node that runs HelloSockets with its pipeline. */
export interface PipelineNode {
  listen(userId: number): Promise<Listener>
  push(items: Push): Promise<void>
  /** An item of any form. */
  pushOne(item: object): Promise<void>
  counts(): Promise<PipelineCounts>
  /** Sizes of the batches that the consumer got, in order. */
  batches(): number[]
  /** Ends the actor of this name; its supervisor starts another one. */
  kill(name: string): Promise<void>
  stop(): Promise<void>
}

/** Starts one with these settings of the pipeline, without their prefix. */
export async function startPipeline(
  tools: LabTools,
  settings: Readonly<Record<string, string | number>>,
): Promise<PipelineNode> {
  const texts = Object.entries(settings).map(([name, value]) => [`PIPELINE_${name}`, String(value)])
  const node = await tools.node({ APPS: 'hello', ...Object.fromEntries(texts) })
  const { control } = node
  const actorNamed = async (name: string) => (await control.actors()).find((actor) => actor.name === name)
  return {
    listen: (userId) => listenAs(userId, node.directUrl, tools),
    push: async ({ userId, count, first = 1, timed = false }) =>
      void (await control.post('/pipeline/push', { item: { data: {}, user_id: userId }, count, first, timed })),
    pushOne: async (item) => void (await control.post('/pipeline/push', { item })),
    counts: async () => (await control.state<NodeState & { pipeline: PipelineCounts }>()).pipeline,
    batches: () =>
      node
        .log()
        .split('\n')
        .map((line) => (jsonIn(line) ?? {}) as { event?: string; size?: number })
        .flatMap(({ event, size }) => (event === 'batch' && size !== undefined ? [size] : [])),
    async kill(name) {
      const victim = await actorNamed(name)
      if (!victim) throw new Error(`the node has no actor ${name}`)
      await control.killActor(victim.id)
      await tools.until(async () => ((await actorNamed(name))?.id ?? victim.id) !== victim.id, {
        what: `${name} is back`,
        withinMs: 5_000,
      })
    },
    stop: () => node.kill(),
  }
}
