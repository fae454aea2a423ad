import { availableParallelism, cpus, loadavg, release } from 'node:os'
import {
  type CompareOptions,
  type Comparison,
  type ComparisonDocument,
  conclude,
  measureComparison,
  type Plan,
} from '../compare/index.ts'
import type { Io } from '../platform/io.ts'
import { readPressure } from '../platform/pressure.ts'

class Stopped extends Error {}

interface Task {
  comparison: Comparison
  plan: Plan
  command: string
}

/** Measures a comparison and works out what it says. Rejects after Ctrl-C, and with EnvironmentMissing when an arm does not start. */
export async function carryOut({ comparison, plan, command }: Task, io: Io): Promise<ComparisonDocument> {
  const startedMs = io.clock.monotonicMs()
  const before = { load: loadavg()[0]!, pressureMs: readPressure().cpuMs }
  const threads = threadsFor(availableParallelism())
  const measured = await measureComparison({ comparison, plan, threads, clock: io.clock, ...talk(io) })
  const tookMs = Math.round(io.clock.monotonicMs() - startedMs)
  return conclude({ comparison, plan, measured, environment: environmentSince(before, tookMs), command, tookMs })
}

/** One thread on a small machine: the nodes need the other processors. */
const threadsFor = (processors: number) => Math.max(1, Math.min(4, Math.floor(processors / 2)))

function talk(io: Io): Pick<CompareOptions, 'say' | 'goOn' | 'onInterrupt'> {
  let endNow = () => {}
  io.interruption.onStop(() => endNow())
  return {
    say: (sentence) => io.err(`squall: ${sentence}\n`),
    goOn() {
      if (io.interruption.by()) throw new Stopped('stopped')
    },
    onInterrupt(end) {
      endNow = end
    },
  }
}

interface Before {
  load: number
  pressureMs: number | undefined
}

const environmentSince = ({ load, pressureMs }: Before, tookMs: number) => ({
  processors: availableParallelism(),
  model: cpus()[0]?.model ?? 'unknown',
  kernel: release(),
  node: process.version,
  load: [load, loadavg()[0]!] as [number, number],
  pressure: pressureMs === undefined ? null : (readPressure().cpuMs! - pressureMs) / tookMs,
})
