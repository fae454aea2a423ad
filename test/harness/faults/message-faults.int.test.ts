import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { faults } from '../../../harness/faults/index.ts'

/** A node that lets everybody join, or not even that, and says nothing after that. */
let silent: WebSocketServer
let answersJoins = true
beforeAll(async () => {
  silent = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  silent.on('connection', (socket) =>
    socket.on('message', (data) => {
      const [joinRef, ref, topic, event] = JSON.parse(String(data)) as unknown[]
      const answer = [joinRef, ref, topic, 'phx_reply', { status: 'ok', response: {} }]
      if (event === 'phx_join' && answersJoins) socket.send(JSON.stringify(answer))
    }),
  )
  await new Promise((resolve) => silent.once('listening', resolve))
})
afterAll(() => {
  for (const client of silent.clients) client.terminate()
  silent.close()
})

it.each([
  ['but joins', true, 'a client of n1 hears nothing of n2 at all'],
  ['at all', false, 'a client of n1 cannot join: the connection was closed with 1006'],
])(
  'a node that answers nothing %s is not waited for without end, and shows no lost message (FI-8)',
  async (_what, joins, why) => {
    answersJoins = joins
    const control = { broadcast: async () => {}, tamper: async () => {} }
    const { port } = silent.address() as AddressInfo
    const nodes = ['n1', 'n2'].map((name) => ({ name, port, control, running: true }))
    const cluster = { nodes, node: () => nodes[0] } as unknown as Cluster
    const fault = faults['messages.drop'].create(cluster, 'n1', { kinds: ['news'] })
    await fault.inject()
    expect(await fault.witnessOn()).toMatchObject({ seen: false, why })
  },
)
