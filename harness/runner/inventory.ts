import { surplusOf } from '../checkers/core/node-inventory-accounted.ts'
import { balancerName } from '../cluster/balancer/balancer.ts'
import type { ClusterNode } from '../cluster/node.ts'
import type { NodeHolds, NodeInventory, Present } from '../history/inventory.ts'
import type { NewEvent } from '../history/operation.ts'
import { sentBefore } from '../history/sent.ts'
import { until } from '../platform/until.ts'
import { inventoryWithinMs } from '../timing.ts'
import type { RunState } from './run-state.ts'

const operation = 'node-holds'

/** Those of which it can be read. */
const shown = ({ cluster }: RunState) => cluster!.nodes.filter(({ shows }) => shows.inventory)

/** Records what each node holds, and what it has sent to the others, before the first step. */
export async function recordBaseInventory(state: RunState) {
  for (const { name, control } of shown(state)) {
    const { holds, sent } = await control.state()
    const of = { who: name, node: name, type: 'read' } as const
    state.recorder.record({ ...of, operation, value: holds })
    if (sent) state.recorder.record({ ...of, operation: sentBefore, value: sent })
  }
}

/** Records what nodes that run already have counted so far: they have served others. */
export async function recordBaseState({ cluster, recorder }: RunState) {
  for (const { name, control } of cluster!.nodes.filter(({ shows }) => shows.state)) {
    const { pushes } = await control.state()
    if (pushes) recorder.record({ who: name, node: name, type: 'read', operation: 'node-state', value: { pushes } })
  }
}

/** What each node holds in the end. Reads again while something is left over: it may only be on its way out. */
export const readInventories = (state: RunState): Promise<NewEvent[]> =>
  Promise.all(
    shown(state).map(async (node) => {
      const { name } = node
      return { who: name, node: name, type: 'final', operation, value: await readInventory(state, node) } as const
    }),
  )

async function readInventory(state: RunState, { name, control }: ClusterNode): Promise<NodeInventory> {
  const base = baseOf(state, name)
  const read = async () => ({ holds: (await control.state()).holds, present: at(name, await presentIn(state)) })
  let last = await read()
  const isAccounted = async () => {
    last = await read()
    return surplusOf(last, base!) === undefined
  }
  if (base && surplusOf(last, base))
    await until(isAccounted, { what: `${name} lets go`, withinMs: inventoryWithinMs, everyMs: 150 }).catch(() => {})
  return last
}

const presentIn = async ({ open, background }: RunState) => [
  ...(await open!.present()),
  ...(background?.present() ?? []),
]

const baseOf = ({ recorder }: RunState, name: string) =>
  recorder.events.find((event) => event.operation === operation && event.type === 'read' && event.node === name)
    ?.value as NodeHolds | undefined

/** Clients of a balancer can be on any node. */
const at = (name: string, present: readonly Present[]) =>
  present.filter(({ node = name }) => node === name || node === balancerName)
