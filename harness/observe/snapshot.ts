import type { Clock } from '../platform/clock.ts'
import type { ActorPage, Inspected, Network, Overview, SharedTable, System, TreeNode } from './answers.ts'
import { snapshotOf } from './screen.ts'

/** Everything at one moment. */
export interface Snapshot {
  overview: Overview
  actors: ActorPage
  tree: TreeNode
  network: Network
  tables: SharedTable[]
  system: System
}

const rowsMax = 200
const rowsPrinted = 20
const measuredWithinMs = 3_000
const askEveryMs = 100

/** What the node does now. A node measures only while somebody looks, so this waits for its first sample. */
export async function takeSnapshot(node: Inspected, clock: Clock): Promise<Snapshot> {
  const deadlineMs = clock.monotonicMs() + measuredWithinMs
  while ((await node.overview()).load.length === 0 && clock.monotonicMs() < deadlineMs) await clock.sleep(askEveryMs)
  const [overview, actors, tree, network, tables, system] = await Promise.all([
    node.overview(),
    node.actors('work', 1, rowsMax),
    node.tree(),
    node.network(),
    node.tables(),
    node.system(),
  ])
  return { overview, actors, tree, network, tables, system }
}

/** The header and the first actors. Pure. */
export function snapshotLines({ overview, actors }: Snapshot, columns: number): string[] {
  const rows = actors.rows.slice(0, rowsPrinted)
  const left = actors.total - rows.length
  return [...snapshotOf(overview, { ...actors, rows }, columns), ...(left > 0 ? [`... and ${left} more actors`] : [])]
}
