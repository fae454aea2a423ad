import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../harness/platform/exit-codes.ts'

const page = readFileSync('docs/ci.md', 'utf8')
const workflows = readdirSync('.github/workflows').map((name) => join('.github/workflows', name))

/** Exits with 0 for a file that GitHub accepts. Prints what is wrong with any other. */
function problemsOf(file: string): string {
  try {
    execFileSync('node_modules/.bin/action-validator', [file], { encoding: 'utf8', stdio: 'pipe' })
    return ''
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    return stdout + stderr
  }
}

describe('the page on CI', () => {
  it('names every exit code, and none that there is not', () => {
    const named = [...page.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, codes]) => codes!.split(', ').map(Number))
    expect(named).toEqual(Object.values(exitCodes))
  })

  it('leads nowhere that there is not', () => {
    const links = [...page.matchAll(/\]\(([^)#]+)/g)].map(([, target]) => join('docs', target!))
    expect(links.filter((path) => !existsSync(path))).toEqual([])
  })
})

describe('what is run again after a change (AT-5)', () => {
  const workflow = (name: string) => readFileSync(join('.github/workflows', name), 'utf8')

  it('is every test and the whole acceptance suite, whatever was changed', () => {
    const text = workflow('pull-request.yml')
    expect(text).toMatch(/^on:\n {2}pull_request:\n {2}push:\n {4}branches: \[main\]$/m)
    expect(text).not.toMatch(/paths(-ignore)?:/)
    expect(text).toContain('- run: ./squall test\n')
    const [, given] = /- uses: \.\/\n\s+with:\n\s+arguments: (.*)/.exec(text)!
    // Without the name of a scenario, a tag or a changed file it is all of them.
    expect(given).toBe('--budget 20m')
    expect(readFileSync('action.yml', 'utf8')).toMatch(/arguments=\(run\)\n/)
  })

  it('is also what takes long, every night', () => {
    const text = workflow('nightly.yml')
    expect(text).toMatch(/schedule:\n\s+- cron: "\d+ \d+ \* \* \*"/)
    expect(text).toContain('./squall nightly --budget')
    expect(text).toContain('- run: ./squall test .nightly\n')
  })
})

describe('the workflows and the action', () => {
  it.each(['action.yml', ...workflows])('%s is what GitHub accepts', (file) => {
    expect(problemsOf(file)).toBe('')
  })

  it('would notice a job without a machine', () => {
    const folder = mkdtempSync(join(tmpdir(), 'squall-workflow-'))
    const file = join(folder, 'broken.yml')
    writeFileSync(file, 'on: push\njobs:\n  test:\n    steps:\n      - run: "true"\n')
    expect(problemsOf(file)).toContain('runs-on')
    rmSync(folder, { recursive: true })
  })

  it('use nothing but actions of GitHub and this one', () => {
    const uses = ['action.yml', ...workflows].flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/uses: (\S+)/g),
    ])
    expect(
      uses.map(([, name]) => name!.split('/')[0]!).filter((owner) => owner !== 'actions' && owner !== '.'),
    ).toEqual([])
  })
})
