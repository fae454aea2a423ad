import { performance } from 'node:perf_hooks'
import { systemClock as clock } from '../platform/clock.ts'
import type { Usage } from './measure.ts'
import type { BenchServer } from './server.ts'

/** Measurements of one server in one time slice. */
export interface Slice {
  messages: number
  seconds: number
  serverCpuUs: number
  loopDelayP99Ms: number
  /** Utilization of the load client, 0 to 1: near 1, the client rather than the server was the bottleneck. */
  clientBusy: number
}

/** A measurable workload: starts the traffic, counts messages, and stops it again. */
export interface Contestant {
  name: string
  server: BenchServer
  /** Number of clients among which the messages of a run are distributed. */
  clients: number
  /** Runs the traffic until `stopped` returns true; returns the number of messages. */
  run(stopped: () => boolean): Promise<number>
}

/** A server that was idle while others were measured is slow at first; this run-in is not measured. */
const runInMs = 250
/**
 * Excludes the TCP behaviour after an idle period: the next 16 packets are acknowledged one by one, which takes a third of the server's
 * time and would favour the server that was measured just before.
 */
const runInMessages = 20
/** Short, so that intermittent load on the machine affects both sides of a ratio; numerous, so that the median is stable. */
const sliceMs = 300
const turns = 4
/** The engine keeps compiling hot code for this many turns; the largest server needs the most. */
const warmUpTurns = 4

async function measureSlice({ server, clients, run }: Contestant): Promise<Slice> {
  const runFor = (ms: number, startedMs = clock.monotonicMs()) => run(() => clock.monotonicMs() - startedMs >= ms)
  for (let ranIn = 0; ranIn < runInMessages * clients; ) ranIn += await runFor(runInMs)
  const before: Usage = await server.usage()
  const busyBefore = performance.eventLoopUtilization()
  const startedMs = clock.monotonicMs()
  const messages = await runFor(sliceMs)
  const seconds = (clock.monotonicMs() - startedMs) / 1_000
  const clientBusy = performance.eventLoopUtilization(busyBefore).utilization
  const after = await server.usage()
  return {
    messages,
    seconds,
    serverCpuUs: after.cpuUs - before.cpuUs,
    loopDelayP99Ms: after.loopDelayP99Ms,
    clientBusy,
  }
}

/** Slices by the name of the contestant. */
export type Slices = Map<string, Slice[]>

/** Measures slices of each contestant in turn, so that disturbances of the machine affect all of them equally. */
export async function interleave(contestants: readonly Contestant[], goOn: () => void): Promise<Slices> {
  const slices: Slices = new Map(contestants.map(({ name }) => [name, []]))
  for (let turn = -warmUpTurns; turn < turns; turn += 1) {
    for (const contestant of turn % 2 === 0 ? contestants : [...contestants].reverse()) {
      goOn()
      const slice = await measureSlice(contestant)
      if (turn >= 0) slices.get(contestant.name)!.push(slice)
    }
  }
  return slices
}
