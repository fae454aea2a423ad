import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Channels, openChannels } from '../../../harness/clients/channels.ts'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import type { ClusterNode } from '../../../harness/cluster/node.ts'
import type { FaultOptions } from '../../../harness/faults/fault.ts'
import { type FaultName, faults } from '../../../harness/faults/index.ts'
import { withCluster } from '../../../harness/runner/temporary-cluster.ts'

let cluster: Cluster
let listener: Channels
let heartbeats: NodeJS.Timeout
let done = () => {}
let held: Promise<unknown>
beforeAll(async () => {
  const started = Promise.withResolvers<Cluster>()
  const finished = new Promise<void>((resolve) => {
    done = resolve
  })
  held = withCluster({ seed: 7, nodes: 2 }, async (fresh) => {
    started.resolve(fresh)
    await finished
  })
  held.catch(started.reject)
  cluster = await started.promise
  listener = await listen()
  // As every client does: one that says nothing for a minute is let go.
  heartbeats = setInterval(() => {
    if (listener.isOpen()) listener.ask('phoenix', 'heartbeat', {}).catch(() => {})
  }, 10_000)
})
afterAll(async () => {
  clearInterval(heartbeats)
  listener?.close()
  done()
  await held
})

async function listen(): Promise<Channels> {
  const connection = await openChannels(cluster.node('n1').port, '/socket')
  await connection.join('ping:listener')
  return connection
}

const kinds: [FaultName, string, FaultOptions][] = [
  ['clock.skew', 'n1', { skewMs: 90_000 }],
  ['handler.slow', 'n1', { delayMs: 400 }],
  ['messages.delay', 'n1', { kinds: ['trackers'] }],
  ['messages.drop', 'n1', { kinds: ['replication', 'news'] }],
  ['messages.duplicate', 'n1', { kinds: ['carts', 'broadcasts'] }],
  ['messages.reorder', 'n1', { topics: ['inventory_replication'] }],
  ['actor.kill', 'n1/Sneakers23.Inventory', {}],
  ['node.block', 'n1', { forMs: 4_000 }],
  ['node.pause', 'n1', {}],
  ['node.stop', 'n1', {}],
  ['node.kill', 'n1', {}],
]

/** The same cluster, whose nodes say that they do what they are asked for, and do nothing. */
function deaf(): Cluster {
  const nothing = async () => {}
  const deafNode = (node: ClusterNode) => ({
    ...node,
    running: true,
    kill: nothing,
    terminate: nothing,
    pause() {},
    resume() {},
    control: {
      ...node.control,
      skewClock: nothing,
      tamper: nothing,
      block: nothing,
      delay: nothing,
      killActor: async (id: string) => id,
      dropConnections: async () =>
        (await node.control.state()).connections
          .filter(({ topics }) => topics.includes('ping:listener'))
          .map(({ id }) => id),
    },
  })
  const nodes = cluster.nodes.map(deafNode)
  return { ...cluster, nodes, node: (name: string) => nodes.find((one) => one.name === name)! } as unknown as Cluster
}

/** Keeps n1 from doing anything for most of the time, until it is ended. */
function standStillAgainAndAgain(forMs: number) {
  let isOver = false
  const blocks = (async () => {
    while (!isOver) await cluster.node('n1').control.block(forMs)
  })()
  return {
    async end() {
      isOver = true
      await blocks
    },
  }
}

describe('faults of nodes (FI-1, FI-2, FI-3, FI-8..11)', () => {
  it.each([...kinds, ['connection.drop', 'n1/ping:listener', {}] as const])(
    '%s %s is not witnessed when the node does nothing',
    async (kind, target, options) => {
      const fault = faults[kind].create(deaf(), target, options)
      await fault.inject()
      expect(await fault.witnessOn()).toMatchObject({ seen: false })
    },
  )

  it.each([
    ['handler.slow', { delayMs: 200 }, 300],
    ['messages.delay', { kinds: ['trackers'], delayMs: 200 }, 300],
    ['messages.drop', { kinds: ['news'] }, 800],
  ] as const)('%s %j is not witnessed by a node that stands still for everybody', async (kind, options, forMs) => {
    const fault = faults[kind].create(deaf(), 'n1', options)
    await fault.inject()
    const still = standStillAgainAndAgain(forMs)
    const witness = await fault.witnessOn()
    await still.end()
    expect(witness).toMatchObject({ seen: false })
  })

  it.each([
    ['handler.slow', { delayMs: 200 }, 300],
    ['messages.delay', { kinds: ['trackers'], delayMs: 200 }, 300],
    ['messages.drop', { kinds: ['news'] }, 800],
  ] as const)('%s %j is felt also on a node that stands still for everybody', async (kind, options, forMs) => {
    const fault = faults[kind].create(cluster, 'n1', options)
    await fault.inject()
    const still = standStillAgainAndAgain(forMs)
    const witness = await fault.witnessOn()
    await still.end()
    await fault.heal()
    expect(witness).toMatchObject({ seen: true })
  })

  it('connection.drop is felt, and over when the client is back', async () => {
    const fault = faults['connection.drop'].create(cluster, 'n1/ping:listener', {})
    await fault.inject()
    expect(await fault.witnessOn()).toMatchObject({ seen: true })
    listener = await listen()
    expect(await fault.witnessOff()).toMatchObject({ seen: true })
  })

  it.each(kinds)('%s %s is felt, and no longer when it is healed', async (kind, target, options) => {
    const fault = faults[kind].create(cluster, target, options)
    await fault.inject()
    expect(await fault.witnessOn()).toMatchObject({ seen: true })
    await fault.heal()
    expect(await fault.witnessOff()).toMatchObject({ seen: true })
    await cluster.node('n1').ready()
  })
})

describe('messages between nodes (FI-8)', () => {
  it('are not witnessed where the fault touches every topic that they could be compared with', async () => {
    const fault = faults['messages.drop'].create(cluster, 'n1', { topics: ['ping', 'wild', 'dupe'] })
    await fault.inject()
    const witness = await fault.witnessOn()
    await fault.heal()
    expect(witness).toMatchObject({ seen: false })
    expect(witness.why).toContain('nothing can be compared')
  })
})
