import { createServer } from 'node:http'
import { channel, connected, createEndpoint, noreply, ok, reply, socket } from './channels/index.ts'
import { systemClock as clock } from './platform/clock.ts'
import { createLog } from './platform/log.ts'
import { serveMeasurement } from './platform/serve-measurement.ts'
import { createPubSub } from './pubsub/index.ts'
import { createRuntime } from './runtime/index.ts'

/** A node with nothing but one room, for measurements: what the channel layer costs, without shop and database. Prints its port. */
const log = createLog({ level: 'error', node: 'bench' })
const runtime = createRuntime({ clock, log })
const pubsub = createPubSub({ nodeName: 'bench', log })

const room = channel({
  name: 'BenchRoom',
  join: () => ok(),
  handleIn(event, payload, { broadcast }) {
    if (event === 'shout') {
      broadcast('shout', payload)
      return noreply()
    }
    if (event === 'echo') return reply('ok', payload)
    if (event === 'echo_async') return Promise.resolve(reply('ok', payload))
    throw new Error(`BenchRoom has no handler for ${event}`)
  },
})

const endpoint = createEndpoint({
  runtime,
  pubsub,
  clock,
  log,
  // Most clients of a measurement only listen, for as long as it takes.
  idleTimeoutMs: 3_600_000,
  sockets: [socket({ name: 'BenchSocket', path: '/bench', channels: { 'room:*': room }, connect: () => connected() })],
})
const server = createServer()
endpoint.attach(server)
serveMeasurement(server)
