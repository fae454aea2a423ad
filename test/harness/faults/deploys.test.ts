import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { faults } from '../../../harness/faults/index.ts'

interface NodeBehaviour {
  /** A restart brings another process. */
  isNew?: boolean
  /** A node that is shed from closes as many connections as it is told. */
  sheds?: boolean
  /** Until when a node that was started is not ready. */
  readyFrom?: Promise<void>
}

/** Nodes behind a balancer, of which those on standby do not run; `said` is what was done to them, in order. */
function clusterOf(names: readonly string[], standby: readonly string[] = [], behaviour: NodeBehaviour = {}) {
  const said: string[] = []
  const listed = new Set(names)
  let lastPid = 0
  const nodes = [...names, ...standby].map((name) => {
    let ids = ['1', '2', '3', '4', '5']
    const node = {
      name,
      port: 1,
      hasWeb: true,
      directUrl: 'data:text/plain,#',
      pid: names.includes(name) ? ++lastPid : undefined,
      get running() {
        return node.pid !== undefined
      },
      async start() {
        said.push(`${name} starts`)
        node.pid = behaviour.isNew === false ? 1 : ++lastPid
      },
      ready: async () => behaviour.readyFrom,
      async terminate() {
        said.push(`${name} ends`)
        node.pid = undefined
      },
      control: {
        ready: async () => ({ ready: node.pid !== undefined }),
        state: async () => ({ connections: ids.map((id) => ({ id })) }),
        async shed(order: { count?: number; keep?: number }) {
          if (behaviour.sheds !== false) ids = ids.slice(order.count ?? ids.length - order.keep!)
        },
      },
    }
    return node
  })
  const balancer = {
    nodes: () => [...listed],
    add({ name }: { name: string }) {
      said.push(`${name} gets clients`)
      listed.add(name)
    },
    remove(name: string) {
      said.push(`${name} gets no more`)
      listed.delete(name)
    },
  }
  const node = (wanted: string) => nodes.find(({ name }) => name === wanted)
  return { said, cluster: { balancer, nodes, node } as unknown as Cluster }
}

describe('deploy.rolling (DP-30, DP-36, FI-13)', () => {
  it('takes one node after the other out of the balancer, replaces its process, and puts it in again', async () => {
    const { cluster, said } = clusterOf(['n1', 'n2'])
    const fault = faults['deploy.rolling'].create(cluster, 'n1,n2', {})
    await fault.inject()
    const restart = (name: string) => [`${name} gets no more`, `${name} ends`, `${name} starts`, `${name} gets clients`]
    expect(said).toEqual([...restart('n1'), ...restart('n2')])
    const { seen, why } = await fault.witnessOn()
    expect({ seen, why }).toMatchObject({ seen: true, why: expect.stringContaining('n1 was process 1 and is 3') })
  })

  it('has the spare up before the first node goes down, and ends it when healed (DP-49)', async () => {
    const { cluster, said } = clusterOf(['n1'], ['n2'])
    const fault = faults['deploy.rolling'].create(cluster, 'n1', { spare: 'n2' })
    await fault.inject()
    expect(said.slice(0, 3)).toEqual(['n2 starts', 'n2 gets clients', 'n1 gets no more'])
    await fault.heal()
    expect(said.slice(-2)).toEqual(['n2 gets no more', 'n2 ends'])
  })

  it('says where there is no balancer what to write', () => {
    const cluster = { node: () => ({}) } as unknown as Cluster
    expect(() => faults['deploy.rolling'].create(cluster, 'n1', {})).toThrow("given: { balancer: 'round-robin' }")
  })
})

describe('deploy.blue-green (DP-33, FI-13)', () => {
  it('switches when the whole second cluster is ready, and only then ends the first', async () => {
    const { cluster, said } = clusterOf(['n1', 'n2'], ['g1', 'g2'])
    await faults['deploy.blue-green'].create(cluster, 'n1,n2', { green: 'g1,g2' }).inject()
    expect(said).toEqual([
      ...['g1 starts', 'g2 starts', 'g1 gets clients', 'g2 gets clients'],
      ...['n1 gets no more', 'n2 gets no more', 'n1 ends', 'n2 ends'],
    ])
  })
})

describe('scale.out (DP-20, FI-13)', () => {
  it('adds a node when it is ready, and takes it out before it ends', async () => {
    const { cluster, said } = clusterOf(['n1'], ['n2'])
    const fault = faults['scale.out'].create(cluster, 'n2', {})
    await fault.inject()
    expect((await fault.witnessOn()).seen).toBe(true)
    await fault.heal()
    expect(said).toEqual(['n2 starts', 'n2 gets clients', 'n2 gets no more', 'n2 ends'])
  })
})

describe('nodes that are not ready (DP-40)', () => {
  it.each([
    ['scale.out', 'n2', {}],
    ['deploy.blue-green', 'n1', { green: 'n2' }],
  ] as const)('get no clients from %s, and nobody is taken out', async (kind, target, options) => {
    const { promise: readyFrom, resolve: getReady } = Promise.withResolvers<void>()
    const { cluster, said } = clusterOf(['n1'], ['n2'], { readyFrom })
    const injected = faults[kind].create(cluster, target, options).inject()
    await new Promise(setImmediate)
    expect(said).toEqual(['n2 starts'])
    getReady()
    await injected
    expect(said.slice(0, 2)).toEqual(['n2 starts', 'n2 gets clients'])
  })
})

describe('connections.shed (DP-21, FI-13)', () => {
  it.each([{ count: 2 }, { keep: 3 }])('is seen with %j when the connections are gone', async (options) => {
    const { cluster } = clusterOf(['n1'])
    const fault = faults['connections.shed'].create(cluster, 'n1', options)
    await fault.inject()
    expect(await fault.witnessOn()).toEqual({
      seen: true,
      why: '2 of the 5 connections of n1 are gone, and it has 3',
    })
  })

  it.each([
    [{}, 1],
    [{ count: 1, keep: 1 }, 4],
  ])('closes with %j as many as it says: one, or all but those that are kept', async (options, goneCount) => {
    const { cluster } = clusterOf(['n1'])
    const fault = faults['connections.shed'].create(cluster, 'n1', options)
    await fault.inject()
    expect((await fault.witnessOn()).why).toContain(`${goneCount} of the 5 connections`)
  })
})
