import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** One thing that happened: `at` is the actor, `inc` its incarnation from the second on, `ev` the kind. */
export interface TraceEvent {
  at: string
  inc?: number
  ev: string
  [field: string]: unknown
}

// biome-ignore lint/suspicious/noExplicitAny: set-ups and steps are data whose fields depend on the family
export type Data = Record<string, any>

export interface Step extends Data {
  do: string
}

export interface Recording {
  family: string
  name: string
  description: string
  setup: Data
  steps: Step[]
  order: 'strict' | 'unordered'
  within_actor: 'strict' | 'reordered' | 'varies'
  observed: { trace?: TraceEvent[]; summary_stable: Data }
  alternatives?: { trace: TraceEvent[] }[]
}

/** What a replay brought to light. */
export interface Replayed {
  trace: TraceEvent[]
  /** Who is still there at the end: `c`, or `c#2` in its second incarnation. */
  alive: string[]
}

/** All recordings below a folder, or the one of a file. */
export function readRecordings(path: string): Recording[] {
  if (!statSync(path).isDirectory()) return [JSON.parse(readFileSync(path, 'utf8'))]
  return readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isDirectory() || file.endsWith('.json'))
    .flatMap(readRecordings)
    .filter(({ format, steps }: Recording & { format?: number }) => format === 1 && Array.isArray(steps))
}
