import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { WorkloadSimulation } from '../app.ts'
import { workloadOf } from '../apps/workloads.ts'
import { neverLoaded, patchedStart, type SystemPatch, unpatched } from '../cluster/system-patch.ts'
import { faults, isFaultName } from '../faults/index.ts'
import type { FaultRecord, HistoryEvent } from '../history/operation.ts'
import type { Plan } from '../plans/plan.ts'

/** What a simulation answers: a history, as a live run would have left it. */
export interface Simulated {
  plan: Plan
  events: HistoryEvent[]
  /** Of every event, as it was written: the same plan has the same. */
  hash: string
  /** Faults and actions of the plan that no simulation knows. */
  skipped: string[]
  /** Why the scenario did not complete. */
  obstacle?: string
}

type End = Pick<Simulated, 'skipped' | 'obstacle'>
type Line = HistoryEvent | { end: End }

const program = fileURLToPath(new URL('./world/main.ts', import.meta.url))

/** Throws for a plan of an application that no simulation knows. */
function simulationOf(plan: Plan): WorkloadSimulation {
  const { simulation } = workloadOf(plan)
  if (!simulation) throw new Error(`no simulation knows the application ${plan.app}; run its scenarios live`)
  return simulation
}

/** The program knows its own faults only; what a fault explains stands in the definition of the live one. */
function withEffects(event: HistoryEvent): HistoryEvent {
  if (event.type !== 'fault') return event
  const record = event.value as FaultRecord
  const { kind, options } = record
  return { ...event, value: { ...record, ...(isFaultName(kind) && faults[kind].effectsOf(options)) } }
}

interface Asked {
  plan: Plan
  resolve(simulated: Simulated): void
  reject(error: Error): void
}

export type Simulator = ReturnType<typeof startSimulator>

/** A process that simulates plans one after the other; several may be requested before the first is done. */
export function startSimulator({ patch = unpatched }: { patch?: SystemPatch } = {}) {
  const { flags, env } = patchedStart(patch)
  const child = spawn(process.execPath, [...flags, program], {
    env: { ...process.env, ...env },
    // Ctrl-C in a terminal reaches the harness alone; the end of its input ends the process when the harness dies.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const asked: Asked[] = []
  let complaint = ''
  let events: HistoryEvent[] = []
  let hash = createHash('sha256')

  function finish(end: End) {
    const { plan, resolve } = asked.shift()!
    resolve({
      plan,
      events: events.map(simulationOf(plan).readEvent).map(withEffects),
      hash: hash.digest('hex'),
      ...end,
    })
    events = []
    hash = createHash('sha256')
  }

  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line
    if ('end' in line) return finish(line.end)
    hash.update(`${text}\n`)
    events.push(line)
  })
  child.stderr.on('data', (data) => {
    complaint += String(data)
  })
  // The end of the process is handled below, with more detail.
  child.stdin.on('error', () => {})
  const ended = new Promise<void>((resolve) =>
    child.once('close', (code) => {
      const error = new Error(`the simulation ended with ${code}: ${complaint.trim() || 'it says nothing'}`)
      for (const { reject } of asked.splice(0)) reject(error)
      resolve()
    }),
  )

  return {
    async run(plan: Plan): Promise<Simulated> {
      const { settings } = simulationOf(plan)
      return new Promise((resolve, reject) => {
        asked.push({ plan, resolve, reject })
        child.stdin.write(`${JSON.stringify({ plan, ...settings })}\n`)
      })
    },
    /** What the defects change and no part of the simulation is made of; to be asked after a simulation. */
    neverLoaded: () => [...neverLoaded(patch, [complaint]), ...(patch.pages === undefined ? [] : ['the pages'])],
    /** Ends the process, whatever it is doing. */
    async stop() {
      child.kill()
      await ended
    },
  }
}
