import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** What `new` makes is put into a copy of the project, which is checked and run. */
let project = ''
const node = (...words: string[]) =>
  execFileSync(process.execPath, words, { cwd: project, encoding: 'utf8', stdio: 'pipe' })
const squall = (...words: string[]) => node('harness/cli/main.ts', ...words)

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'squall-new-'))
  const copied = [
    'system',
    'harness',
    'scenarios',
    'test',
    'dist',
    'docs/spec',
    'package.json',
    'biome.json',
    'tsconfig.json',
    'vite.config.ts',
    'vitest.config.ts',
  ]
  for (const path of copied) cpSync(path, join(project, path), { recursive: true })
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'))
  squall('new', 'scenario', 'mine/first')
  squall('new', 'fault', 'db.isolation')
  squall('new', 'checker', 'never-forgotten')
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

it('type-checks, and looks as the rest of the project does', { timeout: 180_000 }, () => {
  node('node_modules/typescript/bin/tsc', '--noEmit')
  const files = [
    'harness/faults',
    'harness/checkers',
    'harness/index.ts',
    'harness/bench/judging',
    'scenarios/mine',
    'test/harness/checkers',
  ]
  node('node_modules/@biomejs/biome/bin/biome', 'check', '--vcs-enabled=false', ...files)
})

it('is listed, and its test passes', { timeout: 60_000 }, () => {
  expect(squall('list', 'faults')).toContain('db.isolation')
  expect(squall('list', 'checkers')).toContain('never-forgotten')
  expect(squall('test', 'never-forgotten')).toMatch(/3 passed, 0 failed\n$/)
})

it('runs', { timeout: 120_000 }, () => {
  const run = JSON.parse(squall('run', 'mine/first', '--json', '--out', join(project, 'reports')))
  expect(run.outcome).toBe('passed')
})
