import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { systemClock as clock } from '../platform/clock.ts'

const connections = 200
const usual = { roundTrips: 1_000, sendForMs: 1_500 }
/** The share of each measurement that runs before it as an unmeasured warm-up of buffers and compiled code. */
const warmUpShare = 1 / 5
const chunk = Buffer.alloc(16_384, 'x')
const bytesPerMiB = 2 ** 20

/** Measurements of one path to the two endpoints. */
export interface LinkFigures {
  roundTripMs: number
  mibPerSecond: number
}

/** Ports that lead to the two endpoints. */
export interface Way {
  echo: number
  sink: number
}

/** Opens an echo server and a sink in this process, with functions that measure a path to them. */
export async function openEnds({ roundTrips, sendForMs } = usual) {
  let receivedBytes = 0
  const echo = await listening((socket) => socket.pipe(socket))
  const sink = await listening((socket) => {
    socket.on('data', ({ length }) => {
      receivedBytes += length
    })
  })

  async function throughput(port: number): Promise<number> {
    const sockets = await Promise.all(Array.from({ length: connections }, () => dial(port)))
    for (const socket of sockets) keepSending(socket)
    await clock.sleep(sendForMs * warmUpShare)
    const [startedMs, before] = [clock.monotonicMs(), receivedBytes]
    await clock.sleep(sendForMs)
    const perMs = (receivedBytes - before) / (clock.monotonicMs() - startedMs)
    for (const socket of sockets) socket.destroy()
    return (perMs * 1_000) / bytesPerMiB
  }

  return {
    direct: { echo: echo.port, sink: sink.port } satisfies Way,
    async measure(way: Way): Promise<LinkFigures> {
      return { roundTripMs: await roundTripMs(way.echo, roundTrips), mibPerSecond: await throughput(way.sink) }
    },
    close() {
      for (const end of [echo, sink]) end.close()
    },
  }
}

async function listening(take: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    take(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  function close() {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, close }
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket.on('error', () => {})
}

function keepSending(socket: Socket) {
  const send = () => {
    while (socket.write(chunk));
  }
  socket.on('drain', send)
  send()
}

/** Returns the mean of many sequential round trips. */
function roundTripMs(port: number, roundTrips: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let [answers, startedMs] = [-Math.floor(roundTrips * warmUpShare), 0]
    const ask = () => socket.write('?')
    socket.once('connect', ask)
    socket.on('data', () => {
      answers += 1
      if (answers === 0) startedMs = clock.monotonicMs()
      if (answers < roundTrips) return ask()
      resolve((clock.monotonicMs() - startedMs) / roundTrips)
      socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the proxy closed a connection')))
  })
}
