import type { ActorPage, ActorRow, Overview, TreeNode } from '../../../harness/observe/answers.ts'

/** What a node says, for tests of the inspector. */
export const overview: Overview = {
  node: 'n1',
  uptimeMs: 192_000,
  memory: { rss: 150_000_000, heapTotal: 62_000_000, heapUsed: 33_000_000, external: 4_000_000 },
  collections: { count: 12, totalMs: 8 },
  counts: { actors: 1_234, channels: 1_100, connections: 500, waitingMessages: 77 },
  lag: { meanMs: 0.4, maxMs: 15 },
  sampleEveryMs: 1_000,
  load: [
    { name: 'main', kind: 'loop', shares: [0.1, 0.12] },
    { name: 'Workloads.Loop.1', kind: 'thread', shares: [null, 1] },
    { name: 'core 1', kind: 'core', shares: [0.5, 0.99] },
  ],
}

export const actor = (id: number, own: Partial<ActorRow> = {}): ActorRow => ({
  id: String(id),
  name: 'Pipeline.Producer',
  status: 'waiting',
  workMs: 1_234.5,
  handled: 10,
  queue: 3,
  memoryBytes: 7_131_368,
  ...own,
})

export const actorPage = (rows: ActorRow[], own: Partial<ActorPage> = {}): ActorPage => ({
  sort: 'work',
  page: 1,
  pages: 1,
  total: rows.length,
  firstNo: 1,
  rows,
  ...own,
})

export const tree: TreeNode = {
  id: 's3',
  name: 'n1',
  kind: 'node',
  children: [
    {
      name: 'hello',
      kind: 'application',
      children: [
        {
          id: 's1',
          name: 'Pipeline.Supervisor',
          kind: 'supervisor',
          children: [
            { id: '1', name: 'Pipeline.Producer', kind: 'actor', children: [] },
            { id: '2', name: 'Pipeline.ConsumerSupervisor', kind: 'supervisor', children: [] },
          ],
        },
      ],
    },
    {
      name: 'workshop',
      kind: 'application',
      children: [{ name: 'Workshop.MockResource', kind: 'actor', isDown: true, children: [] }],
    },
  ],
}
