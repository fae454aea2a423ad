import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { systemClock } from '../../../system/platform/clock.ts'
import { type Livelock, livelock } from '../../history/livelock.ts'
import type { StuckOptions } from './stuck-guard.ts'

/** The thread of `guardSteps`. Only time in which this process had the processor counts: a machine that is busy elsewhere is no loop. */
const { shared, names } = workerData as StuckOptions
const counts = new Int32Array(shared)
const lookEveryMs = 500
/** A step takes milliseconds. */
const stuckAfterCpuMs = 6_000
const outsideAnyNode = -1
let lastSteps = 0
let sinceCpuMs = cpuMs()

function cpuMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

function look() {
  const steps = Atomics.load(counts, 0)
  const node = Atomics.load(counts, 1)
  // Between two histories nobody is stuck.
  if (steps !== lastSteps || node === outsideAnyNode) {
    lastSteps = steps
    sinceCpuMs = cpuMs()
  } else if (cpuMs() - sinceCpuMs > stuckAfterCpuMs) endOf(names[node] ?? 'somebody', steps)
  systemClock.after(lookEveryMs, look)
}

function endOf(node: string, steps: number) {
  const value: Livelock = { parties: [node], turns: 1, steps, isOneStep: true, forMs: 0 }
  const event = { index: 0, tMs: 0, who: 'harness', type: 'read', operation: livelock, value }
  const why = `a step of ${node} did not end`
  writeSync(1, `${JSON.stringify(event)}\n${JSON.stringify({ end: { skipped: [], obstacle: why, isLast: true } })}\n`)
  process.kill(process.pid, 'SIGKILL')
}

look()
