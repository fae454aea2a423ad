import type { ControlClient } from '../cluster/control-client.ts'

/** What the control port of a node says to the inspector, as `docs/observe.md` describes it. */
export const sortKeys = ['work', 'memory', 'queue'] as const
export type SortKey = (typeof sortKeys)[number]

export interface LoadLine {
  name: string
  kind: 'loop' | 'thread' | 'core'
  /** Shares of the time from 0 to 1, one for each sample, the newest last. */
  shares: (number | null)[]
}

export interface Overview {
  node: string
  uptimeMs: number
  memory: { rss: number; heapTotal: number; heapUsed: number; external: number }
  collections: { count: number; totalMs: number }
  counts: { actors: number; channels: number; connections: number; waitingMessages: number }
  lag: { meanMs: number; maxMs: number }
  sampleEveryMs: number
  load: LoadLine[]
}

export interface ActorRow {
  id: string
  name: string
  status: string
  workMs: number
  handled: number
  queue: number
  memoryBytes: number
  handling?: string
}

export interface ActorPage {
  sort: SortKey
  page: number
  pages: number
  total: number
  firstNo: number
  rows: ActorRow[]
}

export interface Tick {
  workMs: number
  handled: number
  queue: number
  memoryBytes: number
}

export interface ActorDetail {
  id: string
  name: string
  fields: Record<string, unknown>
  ticks: Tick[]
}

export interface TreeNode {
  id?: string
  name: string
  kind: string
  isDown?: true
  children: TreeNode[]
}

export interface Connection {
  id: string
  socket: string
  channels: number
  messagesIn: number
  messagesOut?: number
  bytesIn?: number
  bytesOut?: number
}

export interface Network {
  connections: Connection[]
  peers: Record<string, { connected: boolean }>
  sent: Record<string, { messages: number; bytes: number }>
}

export interface SharedTable {
  name: string
  owner: string
  kind: string
  access: string
  rows: number
  bytes: number
}

export interface System {
  node: string
  pid: number
  runtime: string
  platform: string
  cores: number
  model: string
  loadAverage: number[]
  heapLimit: number
  applications: string[]
}

export interface Killed {
  killedId: string
  name: string
  successorId?: string
}

export type Inspected = ReturnType<typeof inspectedNode>

/** Asks the inspector of one node. Everything rejects with ControlError or ControlTimeout. */
export const inspectedNode = ({ post: ask }: Pick<ControlClient, 'post'>) => ({
  overview: () => ask<Overview>('/observer/overview'),
  actors: (sort: SortKey, page: number, rows: number) =>
    ask<ActorPage>(`/observer/actors?sort=${sort}&page=${page}&rows=${rows}`),
  actor: (id: string) => ask<ActorDetail>(`/observer/actor?id=${encodeURIComponent(id)}&fields=all`),
  tree: () => ask<TreeNode>('/observer/tree'),
  network: () => ask<Network>('/observer/network'),
  tables: async () => (await ask<{ tables: SharedTable[] }>('/observer/tables')).tables,
  system: () => ask<System>('/observer/system'),
  kill: (id: string) => ask<Killed>('/observer/kill', { id }),
  /** Sets how many actors compute for ever on it. */
  loop: (count: number) => ask<{ loops: number }>('/workloads/looping-actors', { count }),
})
