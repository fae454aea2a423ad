import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { SystemPatch } from '../cluster/system-patch.ts'
import { findLabs } from '../lab/find-labs.ts'
import { type AnyLab, type LabResult, type LabVerdict, unmeasured } from '../lab/lab.ts'
import { labs } from '../lab/labs.ts'
import { labPage } from '../lab/page.ts'
import { type LabRun, runLab } from '../lab/run-lab.ts'
import { predictionText, resultSection, resultText } from '../lab/text.ts'
import { asEnvironment, EnvironmentMissing, endsRun } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { messageOf } from '../platform/plain-text.ts'
import { freshSeed } from '../platform/random.ts'
import { requireBuiltAssets } from '../runner/run-folder.ts'
import { patchFor } from '../selftest/defects.ts'
import type { Command } from './command.ts'
import { flags } from './options.ts'

interface LabFlags {
  seed?: number
  defect?: string[]
  out?: string
  json?: boolean
  markdown?: boolean
}

class Stopped extends Error {}

export const lab: Command = {
  name: 'lab',
  argument: '[lab...]',
  argumentHelp: ['a lab such as workshop/queue, or a group of them such as workshop'],
  summary: 'run an experiment whose result has been predicted, and judge its shape; without a name, list them',
  options: [
    flags.seed,
    flags.defect,
    flags.out,
    flags.json,
    { flags: '--markdown', help: 'print each result as a section of a document, such as docs/experiments.md' },
  ],
  async run(names, options: LabFlags, io) {
    if (names.length === 0) return list(options, io)
    const chosen = findLabs(names, labs)
    requireBuiltAssets(io.root)
    const patch = await patchFor(options.defect, io)
    const seed = options.seed ?? freshSeed()
    const results: LabResult[] = []
    try {
      for (const one of chosen) results.push(await perform(one, { ...options, seed, patch }, io))
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
    }
    if (options.json) io.out(`${JSON.stringify({ seed, results }, null, 2)}\n`)
    const stopped = io.interruption.by()
    return stopped ? codeOf(stopped) : codeFor(results)
  },
}

function list({ json }: LabFlags, io: Io): number {
  const rows = labs.map(({ name, title }) => ({ name, title }))
  io.out(
    json
      ? `${JSON.stringify(rows, null, 2)}\n`
      : rows.map(({ name, title }) => `${name.padEnd(24)}${title}\n`).join(''),
  )
  return exitCodes.passed
}

interface PerformOptions extends LabFlags {
  seed: number
  patch: SystemPatch
}

async function perform(one: AnyLab, { json, markdown, out, seed, patch }: PerformOptions, io: Io): Promise<LabResult> {
  if (!json && !markdown) io.out(predictionText(one))
  const goOn = () => {
    if (io.interruption.by()) throw new Stopped()
  }
  const say = (sentence: string) => io.err(`${one.name}: ${sentence}\n`)
  const run = await runLab(one, { seed, patch, io, say, goOn }).catch((error: unknown) => notRun(one, error))
  const page = writePage(run, out === undefined ? join(io.root, 'reports', 'lab') : resolve(io.cwd, out))
  if (markdown) io.out(`\n${resultSection(run.result)}`)
  else if (!json) io.out(`${resultText(run.result)}page: ${page}\n`)
  return run.result
}

/** A node that does not start or respond says nothing about the prediction. */
function notRun(one: AnyLab, error: unknown): LabRun {
  if (error instanceof Stopped || endsRun(asEnvironment(error as Error))) throw error
  return { result: unmeasured(one, messageOf(error)), charts: [] }
}

function writePage({ result, charts }: LabRun, folder: string): string {
  const file = join(folder, `${result.name.replace('/', '-')}.html`)
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, labPage(result, charts))
  } catch (error) {
    throw new EnvironmentMissing(
      `cannot write ${file} (${(error as NodeJS.ErrnoException).code}); choose another --out`,
    )
  }
  return file
}

const codes: Record<LabVerdict, number> = {
  'as predicted': exitCodes.passed,
  contradicted: exitCodes.violated,
  unknown: exitCodes.unknown,
}

/** A contradiction outranks what is unknown. */
const codeFor = (results: readonly LabResult[]): number => {
  const verdicts = results.map(({ verdict }) => verdict)
  return codes[(['contradicted', 'unknown'] as const).find((one) => verdicts.includes(one)) ?? 'as predicted']
}
