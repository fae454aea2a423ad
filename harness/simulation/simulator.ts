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

/** What a simulation returns: a history, as a live run would have left it. */
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

interface End extends Pick<Simulated, 'skipped' | 'obstacle'> {
  /** The process could not go on with the next. */
  isLast?: true
}
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
  const asked: Asked[] = []
  let complaint = ''
  let isGoingOn = false
  let isStopped = false
  let events: HistoryEvent[] = []
  let hash = createHash('sha256')

  function finish({ isLast, ...end }: End) {
    const { plan, resolve } = asked.shift()!
    isGoingOn = isLast === true
    resolve({
      plan,
      events: events.map(simulationOf(plan).readEvent).map(withEffects),
      hash: hash.digest('hex'),
      ...end,
    })
    events = []
    hash = createHash('sha256')
  }

  function take(text: string) {
    const line = JSON.parse(text) as Line
    if ('end' in line) return finish(line.end)
    hash.update(`${text}\n`)
    events.push(line)
  }

  function start() {
    const child = spawn(process.execPath, [...flags, program], {
      env: { ...process.env, ...env },
      // Ctrl-C in a terminal reaches the harness alone; the end of its input ends the process when the harness dies.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    createInterface({ input: child.stdout }).on('line', take)
    child.stderr.on('data', (data) => {
      complaint += String(data)
    })
    // The end of the process is handled below, with more detail.
    child.stdin.on('error', () => {})
    return { child, ended: new Promise<void>((resolve) => child.once('close', (code) => resolve(close(code)))) }
  }

  let running = start()

  /** A process that was stuck in one history is replaced, for those that wait. */
  function close(code: number | null) {
    if (isGoingOn && !isStopped) {
      isGoingOn = false
      running = start()
      for (const { plan } of asked) send(plan)
      return
    }
    const error = new Error(`the simulation ended with ${code}: ${complaint.trim() || 'it says nothing'}`)
    for (const { reject } of asked.splice(0)) reject(error)
  }

  const send = (plan: Plan) =>
    void running.child.stdin.write(`${JSON.stringify({ plan, ...simulationOf(plan).settings })}\n`)

  return {
    async run(plan: Plan): Promise<Simulated> {
      simulationOf(plan)
      return new Promise((resolve, reject) => {
        asked.push({ plan, resolve, reject })
        send(plan)
      })
    },
    /** What the defects change and no part of the simulation is made of; to be asked after a simulation. */
    neverLoaded: () => [...neverLoaded(patch, [complaint]), ...(patch.pages === undefined ? [] : ['the pages'])],
    /** Ends the process, whatever it is doing. */
    async stop() {
      isStopped = true
      running.child.kill()
      await running.ended
    },
  }
}
