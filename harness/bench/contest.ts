import { type Load, openLoad } from './client.ts'
import { type BenchServer, startServer } from './server.ts'
import type { Contestant } from './slices.ts'
import { floorFrames, rawWire, socketIoWire, squallWire, type Wire } from './wire.ts'

/** The servers that can be compared: ours, the floor without any protocol, and the peer that people know. */
const kinds = {
  squall: { script: '../../system/bench.ts', args: [], wire: squallWire },
  raw: {
    script: './servers/raw.ts',
    args: [floorFrames.shout.toString('hex'), floorFrames.echo.toString('hex')],
    wire: rawWire,
  },
  'socket.io': { script: './servers/socket-io.ts', args: [], wire: socketIoWire },
} as const

export type Kind = keyof typeof kinds

export interface Rival {
  kind: Kind
  server: BenchServer
  load: Load
  wire: Wire
}

export const startKind = (kind: Kind): Promise<BenchServer> => startServer(kinds[kind].script, kinds[kind].args)

export const wireOf = (kind: Kind): (() => Wire) => kinds[kind].wire

/** Starts the servers, fills their rooms, lets `work` compare them, and ends everything, however it went. */
export async function withRivals<T>(
  names: readonly Kind[],
  size: number,
  work: (rivals: readonly Rival[]) => Promise<T>,
): Promise<T> {
  const rivals: Rival[] = []
  try {
    for (const kind of names) {
      const server = await startKind(kind)
      const rival: Rival = { kind, server, wire: kinds[kind].wire(), load: emptyLoad }
      rivals.push(rival)
      rival.load = await openLoad(server.port, kinds[kind].wire, size)
    }
    return await work(rivals)
  } finally {
    for (const { load, server } of rivals) {
      load.close()
      await server.stop()
    }
  }
}

const emptyLoad: Load = { size: 0, write: () => {}, onFrames: () => {}, lost: new Promise(() => {}), close: () => {} }

export const contestant = ({ kind, server, load }: Rival, run: Contestant['run'], name: string = kind): Contestant => ({
  name,
  server,
  run: (stopped) => Promise.race([run(stopped), load.lost]),
})
