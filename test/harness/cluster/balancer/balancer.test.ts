import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type Balancer, startBalancer } from '../../../../harness/cluster/balancer/balancer.ts'
import { createPolicy } from '../../../../harness/cluster/balancer/policy.ts'
import { freePort } from '../../../../harness/platform/ports.ts'
import { seededRandom } from '../../../../harness/platform/random.ts'

const host = '127.0.0.1'
const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A node that says its name, in answers and in the first message of a WebSocket. */
async function startNode(name: string): Promise<Server> {
  const server = createServer((request, answer) => void request.resume().on('end', () => answer.end(name)))
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    socket.send(name)
    socket.on('message', (data) => socket.send(`${name}: ${data}`))
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  open.push(() => {
    for (const one of sockets.clients) one.terminate()
    server.closeAllConnections()
    server.close()
  })
  return server
}

const portOf = (server: Server) => (server.address() as AddressInfo).port

async function balancerFor(...names: string[]): Promise<{ balancer: Balancer; servers: Server[] }> {
  const choose = createPolicy('round-robin', seededRandom(1))
  const balancer = await startBalancer({ host, port: await freePort(), choose })
  open.push(balancer.close)
  const servers = await Promise.all(names.map(startNode))
  for (const [index, name] of names.entries()) balancer.add({ name, host, port: portOf(servers[index]!) })
  return { balancer, servers }
}

const ask = async ({ port }: Balancer, body?: string) =>
  (
    await fetch(`http://${host}:${port}/`, {
      headers: { connection: 'close' },
      ...(body !== undefined && { method: 'POST', body }),
    })
  ).text()

/** Opens a WebSocket; returns it with the name of its node. */
async function openSocket({ port }: Balancer) {
  const socket = new WebSocket(`ws://${host}:${port}/`)
  open.push(() => socket.terminate())
  const node = await new Promise<string>((resolve, reject) => {
    socket.once('message', (data) => resolve(String(data)))
    socket.once('error', reject)
  })
  return { socket, node }
}

describe('a balancer in front of nodes (DP-17)', () => {
  it('gives requests to one node after the other, while a socket stays where it is (DP-19)', async () => {
    const { balancer } = await balancerFor('n1', 'n2')
    const { socket, node } = await openSocket(balancer)
    expect([await ask(balancer), await ask(balancer), await ask(balancer)]).toEqual(['n2', 'n1', 'n2'])
    const answer = new Promise((resolve) => socket.once('message', (data) => resolve(String(data))))
    socket.send('hello')
    expect(await answer).toBe(`${node}: hello`)
    await expect.poll(() => balancer.counts()).toEqual({ n1: { open: 1, taken: 2 }, n2: { open: 0, taken: 2 } })
  })

  it('leaves open connections alone when a node comes or goes (DP-20)', async () => {
    const { balancer } = await balancerFor('n1')
    const { socket } = await openSocket(balancer)
    balancer.add({ name: 'n2', host, port: portOf(await startNode('n2')) })
    expect(balancer.counts()).toMatchObject({ n1: { open: 1 }, n2: { open: 0, taken: 0 } })
    balancer.remove('n1')
    expect(balancer.nodes()).toEqual(['n2'])
    expect([await ask(balancer), await ask(balancer)]).toEqual(['n2', 'n2'])
    expect(socket.readyState).toBe(WebSocket.OPEN)
    expect(balancer.counts().n1).toEqual({ open: 1, taken: 1 })
  })

  it('passes over a node that refuses connections, and says so when nobody is left', async () => {
    const { balancer } = await balancerFor('n2')
    balancer.remove('n2')
    balancer.add({ name: 'n1', host, port: await freePort() })
    await expect(ask(balancer)).rejects.toThrow()
    expect(balancer.refusedCount()).toBe(1)
    balancer.add({ name: 'n2', host, port: portOf(await startNode('n2')) })
    expect([await ask(balancer), await ask(balancer)]).toEqual(['n2', 'n2'])
    expect(balancer.counts().n1).toEqual({ open: 0, taken: 0 })
  })

  it('chooses with a function of one’s own', async () => {
    const { balancer } = await balancerFor('n1', 'n2')
    balancer.use((backends) => backends.at(-1)!)
    expect([await ask(balancer), await ask(balancer)]).toEqual(['n2', 'n2'])
  })

  it('carries long bodies to their end, and lets go of a connection that ends on either side', async () => {
    const { balancer, servers } = await balancerFor('n1')
    expect(await ask(balancer, 'x'.repeat(3_000_000))).toBe('n1')
    const { socket } = await openSocket(balancer)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    servers[0]!.closeAllConnections()
    socket.terminate()
    await closed
    await expect.poll(() => balancer.counts().n1?.open).toBe(0)
  })

  it('chooses no node for a connection on which nothing is said', async () => {
    const { balancer } = await balancerFor('n1')
    const silent = connect({ host, port: balancer.port })
    open.push(() => silent.destroy())
    await new Promise((resolve) => silent.once('connect', resolve))
    expect(await ask(balancer)).toBe('n1')
    expect(balancer.counts().n1?.taken).toBe(1)
  })
})
