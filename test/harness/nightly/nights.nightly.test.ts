import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { NightReport } from '../../../harness/nightly/night-report.ts'

/** Real nights, of one scenario each, over a copy of the project in which somebody makes a mistake. */
const folder = mkdtempSync(join(tmpdir(), 'squall-nights-'))
const project = join(folder, 'project')
const scenario = 'channels/two-transports'
const changed = join(project, 'system/channels/transports/longpoll.ts')
const right = 'deliver: (broadcast) => send(broadcast.encoded(serializer)),'
const wrong = 'deliver: () => {},'
const nightsWithinMs = 600_000

/** One letter for each run to come: `1` says that n1 makes the mistake in that run. */
const drawsFile = join(folder, 'draws')
const sometimesWrong = `deliver: (broadcast) => { if (!isUnlucky) send(broadcast.encoded(serializer)) },`
const draw = `
import { readFileSync, writeFileSync } from 'node:fs'
function draw() {
  const [next, ...later] = readFileSync('${drawsFile}', 'utf8')
  writeFileSync('${drawsFile}', later.join(''))
  return next === '1'
}
const isUnlucky = process.env.SQUALL_NODE === 'n1' && draw()
`

const git = (...words: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { cwd: project, stdio: 'pipe' })

function squall(command: string) {
  const line = command.replace('./squall', `'${process.execPath}' harness/cli/main.ts`)
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd: project, encoding: 'utf8' })
  return { code: status, out: stdout, err: stderr }
}

/** The shard of a night that has this scenario and no other. */
function shardOf(id: string): string {
  const { suites } = JSON.parse(squall('./squall list suites --json').out) as {
    suites: { name: string; scenarios: string[] }[]
  }
  const own = suites.find(({ name }) => name === 'acceptance')!.scenarios.filter((one) => !one.startsWith('corpus/'))
  return `${own.indexOf(id) + 1}/${own.length}`
}

function commit(from: string, to: string, before = '') {
  const text = readFileSync(changed, 'utf8')
  expect(text.includes(from)).toBe(true)
  writeFileSync(changed, `${before}${text.replace(from, to)}`)
  git('commit', '--quiet', '--all', '--message', 'a change')
}

let shard = ''
let lastSeed = 0
/** One night after those in a history, which it is appended to. */
function night(history: string) {
  lastSeed += 1
  const out = join(folder, `night-${lastSeed}`)
  const file = join(folder, history)
  const { code, out: text } = squall(
    `./squall nightly --budget 5m --stages acceptance,corpus --seed ${lastSeed} --shard ${shard} --history ${file} --out ${out}`,
  )
  const report = JSON.parse(readFileSync(join(out, 'nightly.json'), 'utf8')) as NightReport
  squall(`./squall merge ${out} --history ${file} --out ${out}-merged`)
  expect(report.standings.map((one) => one.scenario)).toEqual([scenario])
  return { code, lines: text.split('\n'), standing: report.standings[0]! }
}

beforeAll(() => {
  mkdirSync(project)
  for (const path of ['.gitignore', 'system', 'harness', 'scenarios', 'dist', 'docs/spec', 'package.json'])
    cpSync(path, join(project, path), { recursive: true })
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'))
  git('init', '--quiet')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'a project')
  shard = shardOf(scenario)
}, nightsWithinMs)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('names a mistake at once with a command that shows it again, then calls it recurring, then fixed', {
  timeout: nightsWithinMs,
}, () => {
  const history = 'mistake.ndjson'
  commit(right, wrong)
  const first = night(history)
  expect([first.code, first.standing.name]).toEqual([1, 'new'])
  expect(first.lines[0]).toMatch(
    /^✗ Failed: 1 failure, first channels\/two-transports, new \(.*over a long poll: 0 of 3 came/,
  )
  const command = first.lines.slice(0, 10).find((line) => line.includes('./squall run'))!
  expect(squall(command).code).toBe(1)

  const second = night(history)
  expect([second.code, second.standing]).toEqual([1, expect.objectContaining({ name: 'recurring', failed: 2, of: 2 })])

  commit(wrong, right)
  const third = night(history)
  expect([third.code, third.standing]).toEqual([0, expect.objectContaining({ name: 'fixed', failed: 2, of: 3 })])
})

it('calls a defect that shows in three of eight runs intermittent, and never passed', {
  timeout: nightsWithinMs,
}, () => {
  const history = 'chance.ndjson'
  commit(right, sometimesWrong, draw)
  // A run that fails is tried once more with the same seed.
  const runsOfNights = ['11', '0', '0', '10', '0', '0']
  writeFileSync(drawsFile, runsOfNights.join(''))
  const seen = runsOfNights.map(() => night(history))
  expect(readFileSync(drawsFile, 'utf8')).toBe('')
  expect(seen.map(({ code, standing }) => `${standing.name} ${standing.failed}/${standing.of}, exit ${code}`)).toEqual([
    'new 1/1, exit 1',
    'intermittent 1/2, exit 3',
    'intermittent 1/3, exit 3',
    'flaky 2/4, exit 3',
    'intermittent 2/5, exit 3',
    'intermittent 2/6, exit 3',
  ])
  expect(seen[1]!.lines[0]).toBe('? Unsteady: 1 scenario now passes and now fails.')
})
