import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { wantsColor } from '../reporters/palette.ts'
import type { Command } from './command.ts'

/** What is checked before the tests run, by name. */
const checks: Record<string, readonly string[]> = {
  types: ['tsc', '--noEmit'],
  lint: ['biome', 'check', '.'],
  dead: ['knip', '--no-progress'],
}

/** What runs without a filter; a filter also finds the tests of the night, which take long and rarely fail. */
const projects = ['--project', 'unit', '--project', 'integration']

const closingLine = /^(\d+) passed, (\d+) failed(.*)$/

export const test: Command = {
  name: 'test',
  argument: '[filter...]',
  argumentHelp: ['part of the path of test files; all tests by default'],
  summary:
    "run the project's own tests: types, lint, dead code, unit, integration; with a filter only the test files whose path contains it, also those of the night: .nightly",
  options: [],
  async run(filters, _options, io) {
    requireMatches(filters, io.root)
    const broken: string[] = []
    for (const [name, command] of filters.length > 0 ? [] : Object.entries(checks))
      if ((await tool(command, io, io.out)).code !== 0) broken.push(name)
    const stopped = io.interruption.by()
    if (stopped) return codeOf(stopped)

    const which = filters.length > 0 ? filters : projects
    const tests = await tool(['vitest', 'run', ...which], io, withoutClosing(io.out))
    const closing = closingOf(tests.last, tests.code, broken.length)
    for (const name of broken) io.out(`FAIL ${name}\n`)
    io.out(`${closing}\n`)
    const signal = io.interruption.by()
    if (signal) return codeOf(signal)
    return tests.code === 0 && broken.length === 0 ? exitCodes.passed : exitCodes.violated
  },
}

/** A filter that fits nothing is a mistake, and no test that failed. */
function requireMatches(filters: readonly string[], root: string) {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => `test/${name}`)
  const stray = filters.find((filter) => !files.some((file) => file.includes(filter.replace(/:\d+$/, ''))))
  if (stray !== undefined)
    throw new UsageError(
      `no test file has "${stray}" in its path; a filter is a part of a path such as "cli" or "harness/faults/"`,
    )
}

/** The last line: failed checks count as failed, and a test runner that died did not pass. */
export function closingOf(last: string | undefined, code: number, broken: number): string {
  const [, passed = '0', failed = '0', rest = ''] = closingLine.exec(last ?? '') ?? []
  const died = code !== 0 && Number(failed) === 0 ? 1 : 0
  return `${passed} passed, ${Number(failed) + broken + died} failed${rest}`
}

/** Holds back the runner's own closing line: ours, which counts everything, is the last. */
function withoutClosing(out: Io['out']): Io['out'] {
  return (line) => {
    if (!closingLine.test(line.trim())) out(line)
  }
}

interface Ended {
  code: number
  /** The closing line, when there was one. */
  last: string | undefined
}

/** The pinned Node, whatever the caller has; and colours only where somebody sees them: the tools write to pipes, and guess. */
function environmentOf({ env, isTty, isResultTty = false }: Io, bin: string) {
  const { FORCE_COLOR: _, ...others } = env
  const isSeen = isTty && wantsColor(isResultTty, env)
  return { ...others, PATH: `${bin}:${env.PATH ?? ''}`, ...(isSeen ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) }
}

/** Runs one of the project's tools and passes on what it says, line by line. */
function tool([name, ...args]: readonly string[], io: Io, out: Io['out']): Promise<Ended> {
  const bin = join(io.root, 'node_modules', '.bin')
  const child = spawn(join(bin, name!), args, {
    cwd: io.root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environmentOf(io, bin),
  })
  let rest = ''
  let last: string | undefined
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (closingLine.test(line)) last = line
      out(`${line}\n`)
    }
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (rest !== '') out(`${rest}\n`)
      resolve({ code: code ?? 1, last })
    })
  })
}
