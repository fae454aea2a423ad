import { execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { K6 } from '../clients/find-k6.ts'
import type { Leases } from '../leases/leases.ts'
import { family, signalAll } from '../leases/processes.ts'
import type { Clock } from '../platform/clock.ts'
import { asEnvironment, EnvironmentMissing, UsageError } from '../platform/errors.ts'
import type { Interruption, StopSignal } from '../platform/interruption.ts'
import { commandOf, summaryName } from './command.ts'
import { readSummary, type Summary } from './summary.ts'

export const scriptsFolder = fileURLToPath(new URL('./scripts', import.meta.url))

export interface K6Options {
  k6: K6
  script: string
  /** For the summary of this run; empty. */
  folder: string
  /** What the script reads from `__ENV`. */
  scriptEnv: Readonly<Record<string, string>>
  env: Record<string, string | undefined>
  leases: Pick<Leases, 'holdProcess' | 'releaseProcess'>
  clock: Clock
  interruption: Interruption
}

/** `failed`: the script could not be carried out, so that its thresholds say nothing. */
export type K6End =
  | { kind: 'ended'; summary: Summary }
  | { kind: 'failed'; why: string }
  | { kind: 'stopped'; signal: StopSignal }

/** k6 ends its virtual users first. */
const stopWithinMs = 5_000
const [allKept, someCrossed, badOptions] = [0, 99, 104]

/** Runs a script to its end. Nothing of k6 is left, however it ended. Throws EnvironmentMissing when k6 does not start. */
export async function runK6(options: K6Options): Promise<K6End> {
  const { k6, script, folder, scriptEnv, env, leases, clock, interruption } = options
  const containerName = `squall-k6-${process.pid}`
  const envNames = Object.keys(scriptEnv)
  const { program, args } = commandOf(k6, { scripts: scriptsFolder, script, folder, envNames, containerName })
  // In a process group of its own, so that Ctrl-C reaches only the harness.
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...env, ...scriptEnv } as NodeJS.ProcessEnv,
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-saidMost)
  })
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject)).catch((error: Error) => {
    const known = asEnvironment(error)
    throw known === error ? new EnvironmentMissing(`k6 does not start: ${error.message}`) : known
  })
  const pid = child.pid!
  leases.holdProcess(pid, 'k6')
  const kill = () => {
    signalAll(family(pid), 'SIGKILL')
    if (k6.kind === 'image') void promisify(execFile)(program, ['rm', '--force', containerName]).catch(() => {})
  }
  interruption.onStop(() => {
    if (child.exitCode !== null) return
    child.kill('SIGINT')
    const cancel = clock.after(stopWithinMs, kill)
    child.once('exit', cancel)
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  leases.releaseProcess(pid)
  const signal = interruption.by()
  if (signal) return { kind: 'stopped', signal }
  return endOf(code, said, join(folder, summaryName))
}

/** The last lines are enough to say why. */
const saidMost = 20_000

function endOf(code: number | null, said: string, file: string): K6End {
  if (code === badOptions) throw new UsageError(`k6 refuses the options of the script: ${reasonIn(said)}`)
  if (code !== allKept && code !== someCrossed) return { kind: 'failed', why: reasonIn(said) || `exit code ${code}` }
  if (!existsSync(file)) return { kind: 'failed', why: 'k6 wrote no summary' }
  return { kind: 'ended', summary: readSummary(readFileSync(file, 'utf8')) }
}

/** The message of the last error that k6 logged, without the places in the script. */
export function reasonIn(said: string): string {
  const errors = said.split('\n').filter((line) => /level=error|^ERRO/.test(line))
  const [, quoted] = /msg="((?:[^"\\]|\\.)*)"/.exec(errors.at(-1) ?? '') ?? []
  const text = quoted === undefined ? (errors.at(-1) ?? said.trim().split('\n').at(-1) ?? '') : unquoted(quoted)
  const [first = ''] = text.split('\n')
  return first.replace(/^ERRO\[\d+\]\s*/, '').trim()
}

const unquoted = (text: string) => JSON.parse(`"${text}"`) as string
