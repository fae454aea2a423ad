import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ControlResult,
  type ControlRow,
  controlRow,
  controlTasks,
  describeControl,
  judgeControl,
} from '../compare/index.ts'
import { UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { freshSeed } from '../platform/random.ts'
import { outFolder, requireBuiltAssets, requireWritable } from '../runner/run-folder.ts'
import { carryOut } from './carry-out.ts'

interface ControlFlags {
  json?: boolean
  seed?: number
  out?: string
  blocks?: number
  seconds?: number
  times?: number
  planted?: number
}

const defaults = { times: 20, planted: 10 } as const

/** What `compare control` does not take: its comparisons are decided beforehand. */
const foreign = ['quick', 'rate', 'work', 'metric', 'margin', 'target', 'budget'] as const

/** Compares a system with itself, and with one that is 15 % slower, many times: whether the instrument says what is so. */
export async function compareControl(rest: readonly string[], options: ControlFlags, io: Io): Promise<number> {
  const strange = foreign.find((name) => name in options)
  if (rest.length > 0 || strange)
    throw new UsageError(
      `compare control takes --times, --planted, --blocks, --seconds and --seed only; got "${rest[0] ?? `--${strange}`}"`,
    )
  requireBuiltAssets(io.root)
  const folder = outFolder(io, options.out)
  requireWritable(folder)
  const seed = options.seed ?? freshSeed()
  const rows: ControlRow[] = []
  try {
    for (const task of controlTasks({ ...defaults, ...options, seed })) {
      io.err(`squall: ${task.comparison.second.name}, number ${task.number}\n`)
      const document = await carryOut({ ...task, command: `squall compare control --seed ${seed}` }, io)
      rows.push(controlRow(task, document))
    }
  } catch (error) {
    const stopped = io.interruption.by()
    if (!stopped) throw error
    if (rows.length > 0) io.err(describeControl(judgeControl(rows)))
    return codeOf(stopped)
  }
  const result = judgeControl(rows)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `compare-control-${seed}.json`), `${JSON.stringify({ seed, ...result }, null, 2)}\n`)
  io.out(options.json ? `${JSON.stringify({ seed, ...result }, null, 2)}\n` : describeControl(result))
  return codes[result.outcome]
}

const codes: Record<ControlResult['outcome'], number> = {
  passed: exitCodes.passed,
  failed: exitCodes.violated,
  unknown: exitCodes.unknown,
}
