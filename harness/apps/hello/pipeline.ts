import type { AppTools } from '../../app.ts'
import type { ChannelClient } from '../../clients/channel-client.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { NodeState } from '../../cluster/control-client.ts'
import type { OperationEnd } from '../../history/operation.ts'

/** What a node says of its pipeline; counted since it started. */
export interface PipelineState {
  producer: 'memory' | 'durable'
  consumer: 'consumer' | 'consumer_supervisor'
  dispatch: 'fifo' | 'fair'
  /** One consumer takes them, in the order of the pushes. */
  inOrder: boolean
  /** How many items may be in work at once. */
  demandMax: number
  pushed: number
  handled: number
  dropped: number
  discarded: number
  /** Gone with the actor that kept them. */
  lost: number
  skipped: number
  running: number
  runningMax: number
}

/** Items of one request; their data is numbered from `first`, and no number comes twice in a scenario. */
export interface PushedItems {
  userId: number
  timed: boolean
  first: number
  count: number
}

export const pushOperation = 'push items'
export const pipelineFinal = 'pipeline'

export interface Pipeline {
  /** Somebody who is connected as this user and listens to what is pushed to them. */
  userListener(name: string, node: string, userId: number): Promise<ChannelClient>
  /** Pushes a number of items for a user to the pipeline of a node. */
  pushItems(node: string, items: { userId: number; count: number; timed?: boolean }): Promise<OperationEnd<PushedItems>>
  pipelineOf(node: string): Promise<PipelineState>
  /** The numbers that a client was pushed so far, in order. */
  pushedTo(name: string): number[]
}

/** The pipeline of HelloSockets: who listens, and who pushes. */
export function createPipeline({ context, operation }: AppTools): Pipeline {
  const { cluster, recorder } = context
  let lastNumber = 0

  return {
    async userListener(name, node, userId) {
      const token = await tokenFrom(cluster, node, userId)
      const client = await context.client(name, node, { socket: '/auth_socket', params: () => ({ token }) })
      await client.join(`user:${userId}`)
      return client
    },
    pushItems(node, { userId, count, timed = false }) {
      const items: PushedItems = { userId, timed, first: lastNumber + 1, count }
      lastNumber += count
      const body = { item: { data: {}, user_id: userId }, timed, count, first: items.first }
      return operation(node, pushOperation, items, async () => {
        await cluster.node(node).control.post('/pipeline/push', body)
        return items
      })
    },
    pipelineOf: (node) => pipelineOf(cluster, node),
    pushedTo: (name) =>
      recorder.events.flatMap(({ type, who, event, value }) =>
        type === 'receive' && who === name && isPush(event) ? [(value as { n: number }).n] : [],
      ),
  }
}

export const isPush = (event: string | undefined): boolean => event === 'push' || event === 'push_timed'

const pipelineOf = async ({ node }: Cluster, name: string): Promise<PipelineState> =>
  (await node(name).control.state<NodeState & { pipeline: PipelineState }>()).pipeline

/** The state of every pipeline, for the checkers. */
export const pipelineFinals = ({ cluster }: AppTools['context']) =>
  Promise.all(
    cluster.nodes.map(async ({ name }) => ({
      who: name,
      node: name,
      type: 'final' as const,
      operation: pipelineFinal,
      value: await pipelineOf(cluster, name),
    })),
  )

/** A fresh token of a user, as the demo page has it. */
async function tokenFrom({ node }: Cluster, name: string, userId: number): Promise<string> {
  const page = await (await fetch(`${node(name).directUrl}/hello/tracked?user_id=${userId}`)).text()
  const [, token] = /window\.authToken = "([^"]+)"/.exec(page) ?? []
  if (!token) throw new Error(`the demo page of ${name} holds no token`)
  return token
}
