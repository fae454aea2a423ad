import { Socket } from 'phoenix'
import { afterEach, expect, it } from 'vitest'
import { type Balancer, startBalancer } from '../../../../harness/cluster/balancer/balancer.ts'
import { createPolicy } from '../../../../harness/cluster/balancer/policy.ts'
import { freePort } from '../../../../harness/platform/ports.ts'
import { seededRandom } from '../../../../harness/platform/random.ts'
import { type StoreNode, startNode } from '../../../support/store-cluster.ts'

const host = '127.0.0.1'
let nodes: StoreNode[] = []
let balancer: Balancer
let sockets: Socket[] = []

afterEach(async () => {
  for (const one of sockets) one.disconnect()
  await balancer?.close()
  await Promise.all(nodes.map((node) => node.stop()))
  nodes = []
  sockets = []
})

/** So many official clients behind a balancer that knows these nodes. */
async function connectThrough(names: readonly string[], count: number) {
  for (const name of names) nodes.push(await startNode(name, { APPS: 'hello', SHED_EVERY_MS: '200' }))
  const choose = createPolicy('round-robin', seededRandom(1))
  balancer = await startBalancer({ host, port: await freePort(), choose })
  for (const [index, name] of names.entries()) balancer.add({ name, host, port: nodes[index]!.port })
  sockets = Array.from({ length: count }, () => new Socket(`ws://${host}:${balancer.port}/socket`))
  for (const one of sockets) one.connect()
  await expect.poll(connectedCount).toBe(count)
}

const connectedCount = () => sockets.filter((one) => one.isConnected()).length
const loadOf = async (node: StoreNode) =>
  ((await node.get('/state')).body as unknown as { connections: unknown[] }).connections.length
const loads = () => Promise.all(nodes.map(loadOf))

it('spreads official clients over nodes; those who are shed connect again, until the surplus is gone (DP-17, DP-21)', async () => {
  await connectThrough(['n1', 'n2'], 12)
  expect(await loads()).toEqual([6, 6])
  balancer.remove('n2')
  await nodes[1]!.post('/connections/shed', { count: 6 })
  await expect.poll(loads).toEqual([12, 0])
  const n2 = nodes[1]!
  balancer.add({ name: 'n2', host, port: n2.port })
  expect(await loads()).toEqual([12, 0])
  expect((await nodes[0]!.post('/connections/shed', { keep: 6 })).body).toEqual({ shed: 6 })
  await expect.poll(loads).toEqual([6, 6])
  await expect.poll(connectedCount).toBe(12)
})
