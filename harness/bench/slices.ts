import { performance } from 'node:perf_hooks'
import { systemClock as clock } from '../platform/clock.ts'
import type { Usage } from './measure.ts'
import type { BenchServer } from './server.ts'

/** What one server did in one slice of time. */
export interface Slice {
  messages: number
  seconds: number
  serverCpuUs: number
  loopDelayP99Ms: number
  /** How busy the load client was, 0 to 1: near 1 the client and not the server was measured. */
  clientBusy: number
}

/** Something that can be measured for a while: starts the traffic, counts messages, and stops it again. */
export interface Contestant {
  name: string
  server: BenchServer
  /** Among which the messages of a run are spread. */
  clients: number
  /** Runs the traffic until it is told to stop, and returns how many messages there were. */
  run(stopped: () => boolean): Promise<number>
}

/** A server that stood still while others had their turn is slow at first: that is not measured. */
const runInMs = 250
/**
 * Nor what a connection does that stood still: the next 16 packets are acknowledged one by one then, which takes a third of the server's
 * time, and who had the turn before would be ahead.
 */
const runInMessages = 20
/** Short, so that a neighbour on the machine who comes and goes meets both sides of a ratio, and many, for a median that holds still. */
const sliceMs = 300
const turns = 4
/** So long the engine goes on compiling what it sees to be busy: longest with the largest of the servers. */
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

/** By the name of the contestant. */
export type Slices = Map<string, Slice[]>

/** Some slices of each contestant, in turn: what disturbs the machine disturbs all of them alike. */
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
