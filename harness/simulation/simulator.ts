import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseRendering } from '../apps/store/rendering.ts'
import type { HistoryEvent } from '../history/operation.ts'
import { type Plan, stock } from '../plans/plan.ts'

/** What a simulation answers: a history, as a live run would have left it. */
export interface Simulated {
  plan: Plan
  events: HistoryEvent[]
  /** Of every event, as it was written: the same plan has the same. */
  hash: string
  /** Faults and actions of the plan that no simulation knows. */
  skipped: string[]
  /** Why the scenario could not be told to its end. */
  obstacle?: string
}

type End = Pick<Simulated, 'skipped' | 'obstacle'>
type Line = HistoryEvent | { end: End }

const program = fileURLToPath(new URL('./world/main.ts', import.meta.url))

/** The program may write what it believes a page to show; a checker reads it by the hooks of the page. */
const pages = new Set(['view', 'fresh-render'])
const withRendering = (event: HistoryEvent): HistoryEvent =>
  event.type === 'final' && pages.has(event.operation ?? '')
    ? { ...event, value: parseRendering(String(event.value)) }
    : event

interface Asked {
  plan: Plan
  resolve(simulated: Simulated): void
  reject(error: Error): void
}

export type Simulator = ReturnType<typeof startSimulator>

/** A process that tells scenarios in simulated time, one after the other; several may be asked for before the first is told. */
export function startSimulator({ defects = [] }: { defects?: readonly string[] } = {}) {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'pipe'] })
  const asked: Asked[] = []
  let complaint = ''
  let events: HistoryEvent[] = []
  let hash = createHash('sha256')

  function finish(end: End) {
    const { plan, resolve } = asked.shift()!
    resolve({ plan, events: events.map(withRendering), hash: hash.digest('hex'), ...end })
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
  // Its end is told below, and says more.
  child.stdin.on('error', () => {})
  const ended = new Promise<void>((resolve) =>
    child.once('close', (code) => {
      const error = new Error(`the simulation ended with ${code}: ${complaint.trim() || 'it says nothing'}`)
      for (const { reject } of asked.splice(0)) reject(error)
      resolve()
    }),
  )

  return {
    run: (plan: Plan): Promise<Simulated> =>
      new Promise((resolve, reject) => {
        asked.push({ plan, resolve, reject })
        child.stdin.write(`${JSON.stringify({ plan, stock, defects })}\n`)
      }),
    /** Ends the process, whatever it is doing. */
    async stop() {
      child.kill()
      await ended
    },
  }
}
