import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { toHistory } from '../../history/history.ts'
import type { HistoryEvent } from '../../history/operation.ts'
import { EnvironmentMissing } from '../../platform/errors.ts'
import { isProgram, onPath } from '../../platform/programs.ts'
import type { Verdict } from '../../verdict/checker.ts'

export interface TimedOutcome {
  outcome: Verdict['outcome']
  tookMs: number
}

/** Checks each history of purchases of one item, in order. */
export type Porcupine = (histories: readonly (readonly HistoryEvent[])[]) => TimedOutcome[]

const source = fileURLToPath(new URL('../../../test/porcupine', import.meta.url))
const buildWithinMs = 120_000
const judgeWithinMs = 300_000

/** Builds the Go program that runs Porcupine, and removes it afterwards. Throws EnvironmentMissing when it cannot be built here. */
export async function withPorcupine<T>(
  env: Record<string, string | undefined>,
  work: (porcupine: Porcupine) => T,
): Promise<T> {
  const go = onPath(['go'], env).find(isProgram)
  if (!go) throw new EnvironmentMissing('there is no go on the PATH')
  const folder = await mkdtemp(join(tmpdir(), 'squall-porcupine-'))
  try {
    const program = join(folder, 'porcupine')
    await build(go, program)
    return work((histories) => judgeAll(program, histories))
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function build(go: string, program: string) {
  try {
    await promisify(execFile)(go, ['build', '-o', program], { cwd: source, timeout: buildWithinMs })
  } catch (error) {
    const [reason] = ((error as { stderr?: string }).stderr || (error as Error).message).split('\n')
    throw new EnvironmentMissing(`go cannot build test/porcupine: ${reason}`)
  }
}

function judgeAll(program: string, histories: readonly (readonly HistoryEvent[])[]): TimedOutcome[] {
  const input = histories.map((events) => `${JSON.stringify(forPorcupine(events))}\n`).join('')
  const output = execFileSync(program, { input, maxBuffer: 2 ** 28, timeout: judgeWithinMs, encoding: 'utf8' })
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TimedOutcome)
}

/** Converts a history for Porcupine: event positions instead of times, and no end where the outcome is unknown. */
export function forPorcupine(events: readonly HistoryEvent[]) {
  const history = toHistory(events)
  const [stock] = history.finals<{ products: { items: { initialCount: number }[] }[] }>('database')
  return {
    initialCount: stock!.value.products[0]!.items[0]!.initialCount,
    operations: history.of('invoke', 'sell').map((event) => {
      const end = history.endOf(event)
      return end && end.type !== 'unsure'
        ? { from: event.index, to: end.index, end: end.type }
        : { from: event.index, end: 'unsure' }
    }),
  }
}
