import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../platform/clock.ts'

/** What tests of the project did in a copy of it. */
export interface TestRun {
  outcome: 'passed' | 'failed' | 'not ended'
  /** Of the first that failed. */
  test: string
  file: string
  why: string
}

/** A copy of the project in which its own tests run with a changed file, one run at a time. */
export interface ProjectCopy {
  folder: string
  /** Runs vitest with these words, with a changed file or none. */
  runTests(
    words: readonly string[],
    change?: { path: string; text: string },
    env?: Record<string, string>,
  ): Promise<TestRun>
  close(): void
}

/** Made by tools, or of no use to tests. */
const leftOut = new Set(['.git', '.squall', 'reports', 'node_modules', 'dist', 'build', '.ci'])
const shared = ['node_modules', 'dist']

/** Tests start programs and read files of the project by their names, so nothing less than a copy will do. */
export function copyProject(root: string, clock: Clock, withinMs: number): ProjectCopy {
  const folder = mkdtempSync(join(tmpdir(), 'squall-mutate-'))
  for (const name of readdirSync(root).filter((one) => !leftOut.has(one)))
    cpSync(join(root, name), join(folder, name), { recursive: true })
  for (const name of shared) if (existsSync(join(root, name))) symlinkSync(join(root, name), join(folder, name))
  const report = join(folder, 'vitest.json')

  return {
    folder,
    async runTests(words, change, env = {}) {
      const file = change && join(folder, change.path)
      const before = file && readFileSync(file, 'utf8')
      rmSync(report, { force: true })
      try {
        if (file) writeFileSync(file, change.text)
        const code = await runVitest(words, { folder, report, clock, withinMs, env })
        return code === undefined ? notEnded(withinMs) : readReport(report, code, folder)
      } finally {
        if (file && before !== undefined) writeFileSync(file, before)
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const notEnded = (withinMs: number): TestRun => ({
  outcome: 'not ended',
  test: '',
  file: '',
  why: `the tests did not end within ${withinMs / 1_000} s`,
})

interface VitestOptions {
  folder: string
  report: string
  clock: Clock
  withinMs: number
  env: Record<string, string>
}

/** Resolves with the exit code; undefined when it had to be killed. */
function runVitest(words: readonly string[], { folder, report, clock, withinMs, env }: VitestOptions) {
  const bin = join(folder, 'node_modules', '.bin')
  const child = spawn(join(bin, 'vitest'), [...words, '--reporter=json', `--outputFile=${report}`, '--bail=1'], {
    cwd: folder,
    env: { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}`, ...env },
    stdio: 'ignore',
    // A group of its own, so that all that it starts ends with it.
    detached: true,
  })
  return new Promise<number | undefined>((resolve, reject) => {
    let isKilled = false
    const cancel = clock.after(withinMs, () => {
      isKilled = true
      if (child.pid) process.kill(-child.pid, 'SIGKILL')
    })
    child.once('error', reject)
    child.once('close', (code) => {
      cancel()
      resolve(isKilled ? undefined : (code ?? 1))
    })
  })
}

interface VitestReport {
  testResults: {
    name: string
    message?: string
    status: string
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[]
  }[]
}

/** ` (CH-11..CH-16, DP-42)` in the name of a test. */
const idsOfRequirements = / \([A-Z]{2}-\d[^)]*\)/g
const noTestFile = 'vitest wrote no report'

/** What the reporter of vitest wrote, for the first failure. */
function readReport(report: string, code: number, folder: string): TestRun {
  if (code === 0) return { outcome: 'passed', test: '', file: '', why: '' }
  const results = existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as VitestReport).testResults : []
  const file = results.find(({ status }) => status === 'failed')
  const test = file?.assertionResults.find(({ status }) => status === 'failed')
  const why = (test?.failureMessages?.[0] ?? file?.message ?? noTestFile).split('\n')[0]!
  return {
    outcome: 'failed',
    test: (test?.fullName ?? '').replace(idsOfRequirements, ''),
    file: file?.name.slice(folder.length + 1) ?? '',
    why,
  }
}
