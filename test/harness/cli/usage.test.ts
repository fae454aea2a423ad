import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../../../harness/cli/program.ts'
import { squall } from './support.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('what makes no sense ends with one sentence and 64', () => {
  it.each([
    ['an unknown command', ['rnu'], 'there is no command rnu, did you mean run?; "squall --help" shows what there is'],
    [
      'an unknown comparison',
      ['compare', 'sync-asink'],
      'there is no comparison "sync-asink", did you mean sync-async?; there are sync-async, pubsub, nodes, serializer, or two JSON files',
    ],
    [
      'a comparison of nothing',
      ['compare'],
      'compare what? There are sync-async, pubsub, nodes, serializer, or two JSON files',
    ],
    [
      'a pub/sub that is none',
      ['compare', 'pubsub', 'mesh', 'rabbit'],
      'compare pubsub takes two of mesh, redis; got "mesh rabbit"',
    ],
    ['one arm', ['compare', 'nodes', '3'], 'compare nodes takes two of 1, 2, 3, 4, 5; got "3"'],
    ['too many words', ['compare', 'sync-async', 'now'], 'compare sync-async takes nothing more; got "now"'],
    ['a rate of 0', ['compare', 'sync-async', '--rate', '0'], '--rate takes a whole number from 1 to 100000; got "0"'],
    [
      'a percentile that is none',
      ['compare', 'sync-async', '--metric', 'p42'],
      '--metric takes p50 or p90 or p99; got "p42"',
    ],
    [
      'one target',
      ['compare', '--target', 'http://127.0.0.1:1'],
      'compare takes two JSON files or two --target; got 1',
    ],
    ['no blocks', ['compare', 'sync-async', '--blocks', '0'], '--blocks takes a whole number from 3 to 100; got "0"'],
    [
      'work without time',
      ['compare', 'sync-async', '--work', 'wait:0'],
      '--work takes wait, database or cpu with milliseconds up to 1000, such as wait:10; got "wait:0"',
    ],
    [
      'a wait that no timer can count',
      ['compare', 'sync-async', '--work', 'wait:11.5'],
      '--work takes whole milliseconds, because timers have no finer steps; got "wait:11.5"',
    ],
    [
      'a control of something else',
      ['compare', 'control', '--rate', '100'],
      'compare control takes --times, --planted, --blocks, --seconds and --seed only; got "--rate"',
    ],
    [
      'a series without control',
      ['compare', 'sync-async', '--times', '3'],
      '--times and --planted belong to compare control',
    ],
    [
      'the address of a system to load',
      ['load', 'workshop', '--target', 'http://127.0.0.1:9'],
      'load --target takes the file that describes the running system, and not its address; got "http://127.0.0.1:9"',
    ],
    [
      'an arm that is not there',
      ['compare', 'a.json', 'b.json'],
      'a.json does not describe an arm: there is no such file',
    ],
    ['an unknown flag', ['run', '--sed', '1'], "unknown option '--sed' (Did you mean --seed?)"],
    [
      'an unknown scenario',
      ['run', 'store/mised-release'],
      'there is no scenario or suite store/mised-release, did you mean store/missed-release?; "squall list scenarios" lists them',
    ],
    ['a file that is not there', ['run', 'mine.ts'], 'there is no scenario file mine.ts'],
    ['no nodes', ['run', '--nodes', '0'], '--nodes takes a whole number from 1 to 9; got "0"'],
    ['half a job', ['run', '--jobs', '0.5'], '--jobs takes a whole number from 1 to 16; got "0.5"'],
    ['a port that is none', ['proxy', '--port', '70000'], '--port takes a whole number from 0 to 65535; got "70000"'],
    ['no histories', ['simulate', '--histories', '0'], '--histories takes a whole number from 1 to 10000000; got "0"'],
    [
      'a plan that is not there',
      ['simulate', '--plan', 'mine.json'],
      "mine.json is no plan of a scenario: ENOENT: no such file or directory, open 'mine.json'",
    ],
    ['a seed of letters', ['run', '--seed', 'wind'], '--seed takes a number below 2^32, such as 0x5eed; got "wind"'],
    ['a budget without unit', ['run', '--budget', '5'], '--budget takes a duration such as 90s or 10m; got "5"'],
    ['an unknown driver', ['run', '--driver', 'plane'], '--driver takes process or container or remote; got "plane"'],
    [
      'a running system to hold',
      ['up', '--driver', 'remote'],
      'up holds a cluster of its own: --driver takes process or container; got "remote"',
    ],
    ['an unknown adapter', ['up', '--pubsub', 'rabbit'], '--pubsub takes mesh or redis; got "rabbit"'],
    [
      'an unknown defect',
      ['selftest', '--defect', 'DF-1445'],
      'there is no defect DF-1445, did you mean DF-144?; "squall list defects" lists them, and a diff file goes by its path',
    ],
    [
      'a diff that does not apply',
      ['run', 'store/sell-out', '--defect', 'test/fixtures/defects/made-for-another-version.diff'],
      'hunk 1 of 1 (@@ -30,4 +30,4 @@) of made-for-another-version.diff does not apply to system/apps/store/cart/cart.ts: the lines that it expects are not there; make the diff again from the file as it is now',
    ],
    ['a diff that is not there', ['simulate', '--defect', 'mine.diff'], 'there is no diff file mine.diff'],
    [
      'a folder without diffs',
      ['selftest', '--defects', 'docs'],
      'there is no diff file in docs; expected files such as docs/mine.diff',
    ],
    [
      'defects from two places',
      ['selftest', '--defects', 'docs', '--defect', 'DF-1'],
      'selftest takes --all, --defect or --defects, and got --defect and --defects; give one of them',
    ],
    [
      'files to mutate that are not there',
      ['mutate', '--files', 'system/channel/**'],
      '--files takes a pattern of files of the system, such as "system/channels/**"; nothing fits "system/channel/**"',
    ],
    [
      'a tier that is none',
      ['mutate', '--tiers', 'simulation,luck'],
      '--tiers takes some of conversations, simulation, scenarios, tests, separated by commas; got "simulation,luck"',
    ],
    ['an unknown lab', ['lab', 'qeue'], 'there is no lab qeue, did you mean queue?; "squall lab" lists them'],
    ['no mutants', ['mutate', '--count', '0'], '--count takes a whole number from 1 to 10000; got "0"'],
    ['more than all', ['mutate', '--threshold', '101'], '--threshold takes a whole number from 0 to 100; got "101"'],
    [
      'coverage without runs',
      ['mutate', '--out', 'mutants', '--only-covered'],
      'mutate takes --out or --only-covered, and got both; coverage needs runs, and --out runs nothing',
    ],
    [
      'a plan kept elsewhere',
      ['explore', '--keep', '../mine'],
      '--keep takes a name of small letters, digits and dashes; got "../mine"',
    ],
    [
      'tests that are not there',
      ['test', 'harness/clj'],
      'no test file has "harness/clj" in its path; a filter is a part of a path such as "cli" or "harness/faults/"',
    ],
    ['nothing left', ['run', 'smoke', '--grep', '^none$'], 'no scenario of smoke matches --grep ^none$'],
    [
      'an unknown run',
      ['replay', 'yesterday'],
      'there is no run yesterday; "squall trend" lists the runs that are kept, and "latest" is the newest',
    ],
    ['a missing argument', ['report'], "missing required argument 'run'"],
    [
      'a list of what there is not',
      ['list', 'fault'],
      'cannot list fault, did you mean faults?; there are scenarios, suites, tags, faults, checkers, defects, pairs',
    ],
  ])('%s', async (_what, words, sentence) => {
    expect(await squall(words)).toEqual({ code: 64, out: '', err: `squall: ${sentence}\n` })
  })

  it('no command at all: the help, on stderr', async () => {
    const { code, out, err } = await squall([])
    expect([code, out]).toEqual([64, ''])
    expect(err).toMatch(/^Usage: squall/)
  })
})

describe('a broken scenario file is named, with what is wrong with it', () => {
  it.each([
    ['syntax.ts', 'export default {{', /^squall: syntax\.ts is no scenario: .*$/],
    ['import.ts', "import './not-there.ts'\nexport default 1", /^squall: import\.ts is no scenario: Cannot find .*$/],
    ['throws.ts', "throw new Error('no wind')", /^squall: throws\.ts is no scenario: no wind.*$/],
    ['nothing.ts', 'export const a = 1', /^squall: nothing\.ts is no scenario: it has no default export; .*$/],
    [
      'shape.ts',
      'export default { id: 1 }',
      /^squall: shape\.ts is no scenario: its default export is not made by .*$/,
    ],
  ])('%s', async (name, text, sentence) => {
    writeFileSync(join(folder, name), text)
    const { code, out, err } = await squall(['run', name], { cwd: folder })
    expect([code, out]).toEqual([64, ''])
    expect(err.trimEnd()).toMatch(sentence)
  })
})

describe('a damaged file is named, with what is wrong with it', () => {
  const runFolder = (verdict: string, history?: string) => {
    const run = mkdtempSync(join(folder, 'run-'))
    writeFileSync(join(run, 'verdict.json'), verdict)
    if (history !== undefined) writeFileSync(join(run, 'history.ndjson'), history)
    return run
  }
  const whole = JSON.stringify({ schemaVersion: 2, scenarios: [], defects: [] })

  it.each([
    ['a torn verdict', '{"schemaVersion": 2', '', /verdict\.json is damaged: .*$/],
    ['a verdict of something else', '[1]', '', /verdict\.json is no verdict of a run: .*$/],
    ['a damaged history', whole, '{"i":0}\n{"i":\n{"i":2}\n', /history\.ndjson is damaged in line 2: .*$/],
    ['no history', whole, undefined, /history\.ndjson is missing; .*$/],
  ])('%s', async (_what, verdict, history, sentence) => {
    for (const verb of ['check', 'report']) {
      const { code, err } = await squall([verb, runFolder(verdict, history)])
      expect([code, err.trimEnd()]).toEqual([64, expect.stringMatching(sentence)])
    }
  })

  it.each([
    ['{"schemaVersion": 1, "app": "store", "rounds": []}', /: seed: .*$/],
    ['{"title": "a", "plan": 7}', /: schemaVersion: .*$/],
    ['7', /: the whole file: .*$/],
  ])('the plan %s', async (text, sentence) => {
    const file = join(folder, 'plan.json')
    writeFileSync(file, text)
    const { code, err } = await squall(['simulate', '--plan', file])
    expect([code, err.trimEnd()]).toEqual([64, expect.stringMatching(sentence)])
  })
})

describe('a scenario below scenarios/', () => {
  const projectWith = (text: string) => {
    const root = mkdtempSync(join(folder, 'project-'))
    mkdirSync(join(root, 'scenarios/store'), { recursive: true })
    mkdirSync(join(root, 'docs/spec'), { recursive: true })
    writeFileSync(join(root, 'docs/spec/01-channels.md'), '- **CH-1 Layering.** Layers.\n')
    writeFileSync(join(root, 'scenarios/store/mine.ts'), text)
    return root
  }
  const scenario = (covers: string) =>
    `{ id: 'store/mine', title: 'mine', invariant: 'mine', covers: ['${covers}'], apps: [], steps: [], expectations: [] }`

  it('without a default export is not left out silently', async () => {
    const text = `const scenario = (one: unknown) => one\nexport const mine = 1\nscenario(${scenario('CH-1')})\n`
    const { code, err } = await squall(['list'], { root: projectWith(text) })
    expect([code, err]).toEqual([64, expect.stringMatching(/mine\.ts is no scenario: it has no default export; .*\n$/)])
  })

  it('that covers what the catalogue does not have is named', async () => {
    expect((await squall(['list'], { root: projectWith(`export default ${scenario('CH-1')}`) })).code).toBe(0)
    const { code, err } = await squall(['list'], { root: projectWith(`export default ${scenario('CH-999')}`) })
    expect([code, err]).toEqual([64, expect.stringMatching(/mine\.ts is no scenario: it covers CH-999, which .*\n$/)])
  })
})

describe('what the machine lacks is said before anything is started, with 69', () => {
  it('no built pages', async () => {
    const { code, err } = await squall(['up'], { root: folder })
    expect(code).toBe(69)
    expect(err).toBe('squall: the pages are not built: dist/client/app.js is missing; run "npm run build"\n')
  })

  it('no browser', async () => {
    const { code, err } = await squall(['run', 'smoke'], { env: { SQUALL_BROWSER: join(folder, 'no-browser') } })
    expect([code, err.split('\n').length]).toEqual([69, 2])
    expect(err).toMatch(/^squall: SQUALL_BROWSER names .*, but that is no program; /)
  })

  it('no display for --headed', async () => {
    const { code, err } = await squall(['run', 'smoke', '--headed'], {
      env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' },
    })
    expect([code, err]).toEqual([69, expect.stringMatching(/^squall: --headed needs a display, .*\n$/)])
  })

  it('no Docker for --target compose', async () => {
    const words = ['run', 'smoke', '--driver', 'remote', '--target', 'compose']
    const { code, err } = await squall(words, { env: { PATH: folder } })
    expect([code, err]).toEqual([69, expect.stringMatching(/^squall: --target compose needs Docker, .*\n$/)])
  })

  it('no redis-server, where it was asked for (FI-14)', async () => {
    const { code, out, err } = await squall(['run', 'smoke', '--pubsub', 'redis'], { env: { PATH: folder } })
    expect([code, out, err.split('\n').length]).toEqual([69, '', 2])
    expect(err).toMatch(/^squall: needs redis-server, but found none on the PATH; install it .* or use --pubsub mesh$/m)
  })

  it('no redis-server: a suite leaves out what is about it, and says so', async () => {
    const env = { PATH: folder, SQUALL_BROWSER: join(folder, 'no-browser') }
    const { err } = await squall(['run', 'acceptance'], { env })
    expect(err).toMatch(/^squall: skipping (\S+, )*cluster\/redis-outage, cluster\/redis-slow: needs redis-server, /)
    const named = await squall(['run', 'cluster/redis-outage'], { env })
    expect(named.err).not.toContain('leaves out')
  })

  it('nowhere to write the report', async () => {
    const browser = join(folder, 'browser')
    writeFileSync(browser, '', { mode: 0o755 })
    writeFileSync(join(folder, 'file'), '')
    const out = join(folder, 'file', 'reports')
    const { code, err } = await squall(['run', 'smoke', '--out', out], { env: { SQUALL_BROWSER: browser } })
    expect([code, err]).toEqual([
      69,
      `squall: cannot write reports to ${out} (ENOTDIR); make it writable or choose another folder with --out\n`,
    ])
  })
})

describe('help and lists', () => {
  it('names every command, and none that is not there', async () => {
    const { code, out, err } = await squall(['--help'])
    expect([code, err]).toEqual([0, ''])
    for (const name of Object.keys(commands)) expect(out).toContain(`  ${name}`)
  })

  it.each(Object.keys(commands))('%s explains itself', async (name) => {
    const { code, out } = await squall([name, '--help'])
    expect(code).toBe(0)
    expect(out).toContain(commands[name]?.summary.slice(0, 30))
  })

  it('faults with their targets, and every option with its unit and its default', async () => {
    const { out } = await squall(['list', 'faults'])
    expect(out).toContain('target   a node: n1, n1,n2, any, minority, majority, all\n')
    expect(out).toContain('option   delayMs (a number in ms): how late each answer comes\n')
    expect(out).toContain('option   jitterMs (a number in ms, default 0): give or take, at random\n')
    const { out: json } = await squall(['list', 'faults', '--json'])
    const latency = JSON.parse(json).faults.find(({ name }: { name: string }) => name === 'link.latency')
    expect(latency.options[1]).toEqual({
      name: 'jitterMs',
      type: 'a number',
      unit: 'ms',
      about: 'give or take, at random',
      required: false,
      default: 0,
    })
  })

  it.each(['scenarios', 'suites', 'tags', 'faults', 'checkers', 'defects'])('%s as one JSON document', async (kind) => {
    const { code, out, err } = await squall(['list', kind, '--json'])
    expect([code, err]).toEqual([0, ''])
    expect(JSON.parse(out)[kind].length).toBeGreaterThan(1)
  })
})

describe('runs that are kept', () => {
  const fixture = join(import.meta.dirname, '..', 'reporters', 'fixture')

  it('are listed, with damaged ones left out and named', async () => {
    const kept = join(folder, 'kept')
    mkdirSync(join(kept, 'torn'), { recursive: true })
    writeFileSync(join(kept, 'torn', 'verdict.json'), '{')
    expect((await squall(['trend', '--out', join(folder, 'none')])).out).toMatch(/^no run is kept/)
    const { code, out, err } = await squall(['trend', '--out', join(fixture, '..'), '--json'])
    expect([code, err]).toEqual([0, ''])
    expect(JSON.parse(out).runs).toMatchObject([{ outcome: 'violated', violated: 1, faults: 4, witnessed: 3 }])
    expect((await squall(['trend', '--out', kept])).err).toMatch(/^squall: torn is left out: /)
  })

  it('are judged again from their history, and an invariant that finds something else says so', async () => {
    const { code, out } = await squall(['check', fixture])
    expect(code).toBe(1)
    expect(out).toContain('✗ violated  cluster/cut-link  at-most-once: ')
    expect(out).toContain('(was passed)')
  })

  it('are judged without a torn last line, and that is said in a sentence', async () => {
    const torn = join(folder, 'torn')
    cpSync(fixture, torn, { recursive: true })
    const whole = await squall(['check', torn])
    appendFileSync(join(torn, 'history.ndjson'), '{"scenario":"cluster/cut-link","ind')
    const { code, out, err } = await squall(['check', torn])
    expect([code, out]).toEqual([whole.code, whole.out])
    expect([whole.err, err]).toEqual([
      '',
      'the last line of history.ndjson is torn, because the run was killed while it wrote it; the line is left out\n',
    ])
  })

  it('of another version are not judged again', async () => {
    const old = join(folder, 'old')
    mkdirSync(old)
    writeFileSync(join(old, 'verdict.json'), JSON.stringify({ schemaVersion: 1, scenarios: [] }))
    const { code, err } = await squall(['check', old])
    expect([code, err]).toEqual([
      64,
      `squall: ${old} was recorded in version 1 of the format, and this squall reads version 2; run it again\n`,
    ])
  })

  it('that cannot be replayed say why', async () => {
    const { code, err } = await squall(['replay', fixture])
    expect([code, err]).toEqual([64, `squall: ${fixture} cannot be replayed: there is no schedule.json in it\n`])
  })
})
