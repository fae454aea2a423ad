import type { Clock } from '../../platform/clock.ts'
import { until } from '../../platform/until.ts'
import type { Balancer } from '../balancer/balancer.ts'
import type { ClusterNode } from '../node.ts'

type Door = Pick<Balancer, 'add' | 'remove'>

/** What a deploy needs of a node. Each start is a new process: no code is replaced while it runs (DP-36, DF-108). */
export type DeployedNode = Pick<
  ClusterNode,
  'name' | 'port' | 'directUrl' | 'running' | 'start' | 'ready' | 'terminate' | 'control'
>

const host = '127.0.0.1'
const servesWithinMs = 30_000
/** How often a gradual cut-over closes connections. */
const sliceEveryMs = 250

/** Starts a node, and waits until it is ready and serves (DP-40). */
async function bringUp(node: DeployedNode): Promise<void> {
  if (!node.running) await node.start()
  await node.ready()
  // Its control port is open before its web server is.
  const serves = async () => (await fetch(`${node.directUrl}/healthz`, { headers: { connection: 'close' } })).ok
  await until(serves, { what: `${node.name} serves`, withinMs: servesWithinMs, everyMs: 20 })
}

const admit = (door: Door, { name, port }: DeployedNode) => door.add({ name, host, port })

/** Brings a node up, and gives it clients. */
export async function putIn(door: Door, node: DeployedNode): Promise<void> {
  await bringUp(node)
  admit(door, node)
}

/** Gives a node no more clients, and ends it: it closes its connections, and their clients go to others. */
export async function takeOut(door: Door, node: DeployedNode): Promise<void> {
  door.remove(node.name)
  await node.terminate()
}

export interface RollingOptions {
  /** How many nodes are down at once (DP-30). Default: 1. */
  downMax?: number
  /** Is up before the first node goes down, so that there are never fewer than before (DP-49). */
  spare?: DeployedNode
}

/** One node after the other goes down and comes up again (DP-30). */
export async function rollingDeploy(
  door: Door,
  nodes: readonly DeployedNode[],
  { downMax = 1, spare }: RollingOptions = {},
): Promise<void> {
  if (spare) await putIn(door, spare)
  for (let first = 0; first < nodes.length; first += downMax)
    await Promise.all(
      nodes.slice(first, first + downMax).map(async (node) => {
        await takeOut(door, node)
        await putIn(door, node)
      }),
    )
}

interface BlueGreenOptions {
  clock: Pick<Clock, 'sleep'>
  /** The clients of the old nodes are closed evenly within this time. Default: at once. */
  overMs?: number
}

/**
 * A second cluster is started; when all of it is ready, new clients go there, and the connections to the old nodes are closed, at once or
 * gradually (DP-33, DP-34).
 */
export async function blueGreenDeploy(
  door: Door,
  old: readonly DeployedNode[],
  fresh: readonly DeployedNode[],
  { clock, overMs = 0 }: BlueGreenOptions,
): Promise<void> {
  await Promise.all(fresh.map(bringUp))
  for (const node of fresh) admit(door, node)
  for (const { name } of old) door.remove(name)
  await Promise.all(old.map((node) => emptySlowly(node, overMs, clock)))
  await Promise.all(old.map((node) => node.terminate()))
}

async function emptySlowly({ control }: DeployedNode, overMs: number, clock: Pick<Clock, 'sleep'>) {
  const slices = Math.floor(overMs / sliceEveryMs)
  if (slices === 0) return
  const open = (await control.state()).connections.length
  const each = Math.ceil(open / slices)
  for (let slice = 0; slice < slices && each > 0; slice += 1) {
    await control.shed({ count: each })
    await clock.sleep(sliceEveryMs)
  }
}
