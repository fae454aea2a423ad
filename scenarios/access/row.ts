import type { AccessTried, ScenarioContext } from '../../harness/index.ts'

/** One row of an access matrix: who tries what with which credential, and what is stated about it. */
export interface Row {
  visitor: string
  action: string
  node: string
  expected: string
  ids: readonly string[]
  /** Returns what came of it, in the words of `expected`. Rejects when there was no answer. */
  attempt(): Promise<string>
}

/** Rows of one table tried in the order of the list, because they depend on each other. */
export type Sequence = readonly Row[]

const atOnceMax = 16

/** Tries all sequences, a few at once, and records what came of each row. */
export async function tryAll(context: ScenarioContext, sequences: readonly Sequence[]) {
  const left = [...sequences]
  const announce = everySecond(context, () => context.provoke('what is refused is logged as an error', []))
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift())
      for (const row of next) {
        announce()
        context.recorder.record({ ...event(row), value: await tried(row) })
      }
  }
  await Promise.all(Array.from({ length: atOnceMax }, worker))
}

/** Calls `run` at most once in a second. */
function everySecond({ clock }: Pick<ScenarioContext, 'clock'>, run: () => void) {
  let lastMs = Number.NEGATIVE_INFINITY
  return () => {
    if (clock.monotonicMs() - lastMs < 1_000) return
    lastMs = clock.monotonicMs()
    run()
  }
}

/** Rows that do not depend on each other. */
export const independent = (rows: readonly Row[]): Sequence[] => rows.map((row) => [row])

const event = ({ node }: Row) => ({ who: 'visitor', type: 'read', operation: 'access', node }) as const

async function tried({ attempt, ...row }: Row): Promise<AccessTried> {
  try {
    return { ...row, seen: await attempt() }
  } catch (error) {
    return { ...row, why: (error as Error).message }
  }
}

/** What an HTTP status says about access. */
export const byStatus = (status: number): string => (status < 400 ? 'allowed' : `refused with ${status}`)
