import { type Load, openLoad } from './client.ts'
import { type BenchServer, startServer } from './server.ts'
import { type Contestant, interleave, type Slices } from './slices.ts'
import { floorFrames, floorRequestBytes, rawWire, socketIoWire, squallWire, type Wire } from './wire.ts'

/** The servers to compare: ours, a raw TCP server as the lower bound of the cost, and socket.io as the well-known peer. */
const kinds = {
  squall: { script: '../../system/bench.ts', args: [], wire: squallWire },
  raw: {
    script: './servers/raw.ts',
    args: [floorFrames.shout.toString('hex'), floorFrames.echo.toString('hex'), String(floorRequestBytes)],
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

interface ContestOptions {
  kinds: readonly Kind[]
  /** Number of clients per server. */
  size: number
  rounds: number
  goOn(): void
  contestants(rivals: readonly Rival[]): Contestant[]
}

/**
 * Rounds of slices, each round with fresh servers, because the memory layout of a process makes it a few per cent faster or slower for
 * its whole lifetime, which must not affect the result.
 */
export async function contest({ kinds, size, rounds, goOn, contestants }: ContestOptions): Promise<Slices> {
  const all: Slices = new Map()
  for (let round = 0; round < rounds; round += 1) {
    const slices = await withRivals(kinds, size, (rivals) => interleave(contestants(rivals), goOn))
    for (const [name, taken] of slices) all.set(name, [...(all.get(name) ?? []), ...taken])
  }
  return all
}

/** Starts the servers, fills their rooms, lets `work` compare them, and always stops everything. */
async function withRivals<T>(
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
  clients: load.size,
  run: (stopped) => Promise.race([run(stopped), load.lost]),
})
