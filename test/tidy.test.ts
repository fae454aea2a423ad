import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesBelow } from './support/catalogue.ts'

/** The repository checks its own shape: who may import whom, and what no file may call. */
const sources = ['system', 'harness', 'scenarios'].flatMap((folder) => filesBelow(folder, '.ts'))
const everything = [...sources, ...filesBelow('test', '.ts')]

const importPattern = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g
const importsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(importPattern)].map(([, path]) => normalize(join(dirname(file), path!)))
const graph = new Map(everything.map((file) => [file, importsOf(file)]))

const foldersIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
const applications = foldersIn('system/apps')

const edges = (from: string) =>
  [...graph].filter(([file]) => file.startsWith(from)).flatMap(([file, targets]) => targets.map((to) => ({ file, to })))
const offending = (from: string, allowed: (to: string) => boolean) =>
  edges(from)
    .filter(({ to }) => !allowed(to))
    .map(({ file, to }) => `${file} imports ${to}`)
const below =
  (...folders: string[]) =>
  (to: string) =>
    folders.some((folder) => to.startsWith(folder))

describe('who may import whom', () => {
  it('system knows nothing of the harness, and the harness nothing of the system', () => {
    expect(offending('system/', below('system/'))).toEqual([])
    const outsideTheWorld = edges('harness/').filter(({ file }) => !file.startsWith('harness/simulation/world/'))
    expect(outsideTheWorld.filter(({ to }) => !to.startsWith('harness/'))).toEqual([])
  })

  it('scenarios import the door of the harness, and one another, only', () => {
    expect(offending('scenarios/', (to) => to === 'harness/index.ts' || to.startsWith('scenarios/'))).toEqual([])
  })

  it('the layers of the system point downwards', () => {
    expect(offending('system/platform/', below('system/platform/'))).toEqual([])
    expect(offending('system/runtime/', below('system/platform/', 'system/runtime/'))).toEqual([])
    expect(offending('system/pubsub/', below('system/platform/', 'system/runtime/', 'system/pubsub/'))).toEqual([])
    const channelsMay = below('system/platform/', 'system/runtime/', 'system/pubsub/', 'system/channels/')
    expect(offending('system/channels/', channelsMay)).toEqual([])
    expect(offending('system/metrics/', below('system/platform/', 'system/metrics/'))).toEqual([])
    const pipelineMay = below('system/platform/', 'system/runtime/', 'system/metrics/index.ts', 'system/pipeline/')
    expect(offending('system/pipeline/', pipelineMay)).toEqual([])
    expect(offending('system/live/', (to) => channelsMay(to) || to.startsWith('system/live/'))).toEqual([])
  })

  it('only the entry of a node imports the list of applications, and no application another one', () => {
    const outside = edges('system/').filter(({ file }) => !file.startsWith('system/apps/'))
    expect(outside.filter(({ to }) => to.startsWith('system/apps/'))).toEqual([
      { file: 'system/main.ts', to: 'system/apps/index.ts' },
    ])
    for (const name of applications) {
      const others = below(...applications.filter((other) => other !== name).map((other) => `system/apps/${other}/`))
      expect(offending(`system/apps/${name}/`, (to) => !others(to))).toEqual([])
    }
  })

  it('no file outside system/apps/ names an application', () => {
    // Quoted, or in a path: `store` is also a verb.
    const named = new RegExp(`['"\`/](${applications.join('|')})['"\`/]`, 'i')
    const outside = sources.filter((file) => file.startsWith('system/') && !file.startsWith('system/apps/'))
    expect(outside.filter((file) => named.test(code(file)))).toEqual([])
  })

  it('the harness knows its applications by their list only, and no application another one', () => {
    const own = foldersIn('harness/apps')
    const isOfOne = below(...own.map((name) => `harness/apps/${name}/`))
    // Scenarios get everything through the door; benchmarks and labs may be about one application.
    const mayName = below('harness/apps/', 'harness/index.ts', 'harness/bench/', 'harness/lab/')
    const core = edges('harness/').filter(({ file }) => !mayName(file))
    expect(core.filter(({ to }) => isOfOne(to))).toEqual([])
    for (const name of own) {
      const others = below(...own.filter((other) => other !== name).map((other) => `harness/apps/${other}/`))
      expect(offending(`harness/apps/${name}/`, (to) => !others(to) && to !== 'harness/apps/index.ts')).toEqual([])
    }
  })

  it('domain folders of the store import no sockets (CH-7, ST-38)', () => {
    for (const domain of ['catalog', 'inventory', 'checkout', 'replication']) {
      const bad = offending(
        `system/apps/store/${domain}/`,
        (to) => !below('system/channels/', 'system/apps/store/web/')(to),
      )
      expect(bad).toEqual([])
    }
  })

  it('histories import nothing above them, and checkers only histories', () => {
    expect(offending('harness/history/', below('harness/history/', 'harness/platform/', 'harness/timing.ts'))).toEqual(
      [],
    )
    expect(
      offending(
        'harness/checkers/core/',
        below('harness/history/', 'harness/checkers/', 'harness/verdict/', 'harness/timing.ts'),
      ),
    ).toEqual([])
  })

  it('has no cycles', () => {
    expect(cycles()).toEqual([])
  })
})

/**
 * Which folder may import which, lowest first. A folder stands for everything below it that has no row of its own; files on top of
 * `harness/` and `system/` have rows of their own. Nothing else may be imported, and no row may name one below itself: no cycles.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'system/platform': [],
  'system/metrics': ['system/platform'],
  'system/pubsub': ['system/platform'],
  'system/runtime': ['system/platform'],
  'system/channels': ['system/platform', 'system/pubsub', 'system/runtime'],
  'system/control': ['system/platform', 'system/pubsub'],
  'system/pipeline': ['system/metrics', 'system/platform', 'system/runtime'],
  'system/presence': ['system/platform', 'system/pubsub'],
  'system/bench.ts': ['system/channels', 'system/platform', 'system/pubsub', 'system/runtime'],
  'system/live': ['system/channels', 'system/platform'],
  'system/observer': ['system/platform', 'system/runtime'],
  'system/node': [
    'system/channels',
    'system/control',
    'system/metrics',
    'system/observer',
    'system/platform',
    'system/pubsub',
    'system/runtime',
  ],
  'system/apps/hello': [
    'system/channels',
    'system/control',
    'system/metrics',
    'system/node',
    'system/pipeline',
    'system/platform',
    'system/presence',
    'system/runtime',
  ],
  'system/apps/store': [
    'system/channels',
    'system/control',
    'system/live',
    'system/node',
    'system/platform',
    'system/presence',
    'system/pubsub',
    'system/runtime',
  ],
  'system/apps/talk': [
    'system/channels',
    'system/control',
    'system/node',
    'system/platform',
    'system/pubsub',
    'system/runtime',
  ],
  'system/apps/workloads': ['system/channels', 'system/control', 'system/node', 'system/platform', 'system/runtime'],
  'system/apps/spa': ['system/channels', 'system/node', 'system/platform', 'system/pubsub'],
  'system/apps/todo': ['system/control', 'system/node', 'system/platform', 'system/runtime'],
  'system/apps/workshop': [
    'system/control',
    'system/live',
    'system/metrics',
    'system/node',
    'system/pipeline',
    'system/platform',
    'system/runtime',
  ],
  'system/apps': [
    'system/apps/hello',
    'system/apps/spa',
    'system/apps/store',
    'system/apps/talk',
    'system/apps/todo',
    'system/apps/workloads',
    'system/apps/workshop',
    'system/node',
  ],
  'system/main.ts': ['system/apps', 'system/node'],
  'harness/timing.ts': [],
  'harness/config.ts': [],
  'harness/history': ['harness/timing.ts'],
  'harness/stats': [],
  'harness/platform': ['harness/config.ts'],
  'harness/load': ['harness/platform', 'harness/stats'],
  'harness/leases': ['harness/platform'],
  'harness/toxiproxy': ['harness/platform'],
  'harness/verdict': ['harness/history'],
  'harness/checkers/core': ['harness/history', 'harness/verdict', 'harness/timing.ts'],
  'harness/cluster': [
    'harness/history',
    'harness/leases',
    'harness/platform',
    'harness/toxiproxy',
    'harness/timing.ts',
  ],
  'harness/reporters': ['harness/history', 'harness/platform', 'harness/verdict'],
  'harness/charts': ['harness/reporters'],
  'harness/observe': ['harness/cluster', 'harness/platform', 'harness/reporters'],
  'harness/nightly': ['harness/platform', 'harness/reporters', 'harness/stats', 'harness/verdict'],
  'harness/clients': ['harness/cluster', 'harness/history', 'harness/leases', 'harness/platform', 'harness/timing.ts'],
  'harness/faults': ['harness/clients', 'harness/cluster', 'harness/history', 'harness/platform', 'harness/timing.ts'],
  'harness/plans': ['harness/cluster', 'harness/faults', 'harness/history', 'harness/platform'],
  'harness/simulation/world': [
    'system/apps/hello',
    'system/apps/store',
    'system/channels',
    'system/metrics',
    'system/node',
    'system/platform',
    'system/pubsub',
    'system/runtime',
    'harness/history',
    'harness/timing.ts',
  ],
  'harness/context.ts': [
    'harness/clients',
    'harness/cluster',
    'harness/faults',
    'harness/history',
    'harness/plans',
    'harness/platform',
  ],
  'harness/app.ts': [
    'harness/clients',
    'harness/cluster',
    'harness/context.ts',
    'harness/faults',
    'harness/history',
    'harness/plans',
    'harness/platform',
    'harness/verdict',
  ],
  'harness/apps/store': [
    'harness/app.ts',
    'harness/checkers/core',
    'harness/clients',
    'harness/cluster',
    'harness/context.ts',
    'harness/faults',
    'harness/history',
    'harness/plans',
    'harness/platform',
    'harness/stats',
    'harness/verdict',
    'harness/timing.ts',
  ],
  'harness/scenario.ts': [
    'harness/app.ts',
    'harness/cluster',
    'harness/context.ts',
    'harness/faults',
    'harness/plans',
    'harness/platform',
    'harness/verdict',
  ],
  'harness/apps/hello': [
    'harness/app.ts',
    'harness/checkers/core',
    'harness/clients',
    'harness/cluster',
    'harness/history',
    'harness/verdict',
  ],
  'harness/apps/spa': ['harness/app.ts', 'harness/clients', 'harness/cluster', 'harness/history'],
  'harness/apps/talk': [
    'harness/app.ts',
    'harness/checkers/core',
    'harness/cluster',
    'harness/history',
    'harness/platform',
    'harness/verdict',
  ],
  'harness/apps/todo': ['harness/app.ts', 'harness/cluster', 'harness/history', 'harness/platform', 'harness/verdict'],
  'harness/apps/workshop': ['harness/app.ts', 'harness/clients', 'harness/cluster', 'harness/verdict'],
  'harness/apps': [
    'harness/app.ts',
    'harness/apps/hello',
    'harness/apps/spa',
    'harness/apps/store',
    'harness/apps/talk',
    'harness/apps/todo',
    'harness/apps/workshop',
    'harness/plans',
    'harness/platform',
  ],
  'harness/checkers': ['harness/app.ts', 'harness/apps', 'harness/checkers/core', 'harness/verdict'],
  'harness/index.ts': [
    'harness/app.ts',
    'harness/apps',
    'harness/apps/hello',
    'harness/apps/store',
    'harness/apps/talk',
    'harness/apps/todo',
    'harness/apps/workshop',
    'harness/checkers/core',
    'harness/clients',
    'harness/config.ts',
    'harness/faults',
    'harness/history',
    'harness/platform',
    'harness/scenario.ts',
  ],
  'harness/background': [
    'harness/app.ts',
    'harness/clients',
    'harness/cluster',
    'harness/history',
    'harness/platform',
    'harness/timing.ts',
  ],
  'harness/runner': [
    'harness/app.ts',
    'harness/apps',
    'harness/background',
    'harness/checkers/core',
    'harness/clients',
    'harness/cluster',
    'harness/config.ts',
    'harness/context.ts',
    'harness/faults',
    'harness/history',
    'harness/leases',
    'harness/plans',
    'harness/platform',
    'harness/reporters',
    'harness/scenario.ts',
    'harness/verdict',
    'harness/timing.ts',
  ],
  'harness/console': [
    'harness/app.ts',
    'harness/cluster',
    'harness/context.ts',
    'harness/faults',
    'harness/history',
    'harness/plans',
    'harness/platform',
    'harness/reporters',
    'harness/runner',
    'harness/stats',
    'harness/verdict',
  ],
  'harness/simulation': [
    'harness/app.ts',
    'harness/apps',
    'harness/checkers/core',
    'harness/cluster',
    'harness/faults',
    'harness/history',
    'harness/plans',
    'harness/platform',
    'harness/verdict',
  ],
  'harness/compare': [
    'harness/app.ts',
    'harness/charts',
    'harness/cluster',
    'harness/load',
    'harness/platform',
    'harness/reporters',
    'harness/runner',
    'harness/stats',
  ],
  'harness/bench': [
    'harness/apps/store',
    'harness/checkers',
    'harness/checkers/core',
    'harness/clients',
    'harness/cluster',
    'harness/history',
    'harness/load',
    'harness/platform',
    'harness/runner',
    'harness/stats',
    'harness/toxiproxy',
    'harness/verdict',
  ],
  'harness/k6': [
    'harness/app.ts',
    'harness/apps',
    'harness/clients',
    'harness/cluster',
    'harness/leases',
    'harness/platform',
    'harness/runner',
  ],
  'harness/selftest': [
    'harness/cluster',
    'harness/platform',
    'harness/reporters',
    'harness/runner',
    'harness/scenario.ts',
    'harness/stats',
    'harness/verdict',
  ],
  'harness/lab': [
    'harness/apps/workshop',
    'harness/bench',
    'harness/charts',
    'harness/clients',
    'harness/cluster',
    'harness/load',
    'harness/observe',
    'harness/platform',
    'harness/reporters',
    'harness/runner',
    'harness/stats',
  ],
  'harness/mutate': [
    'harness/cluster',
    'harness/platform',
    'harness/reporters',
    'harness/runner',
    'harness/scenario.ts',
    'harness/selftest',
    'harness/simulation',
    'harness/verdict',
  ],
  'harness/explore': [
    'harness/apps',
    'harness/cluster',
    'harness/faults',
    'harness/plans',
    'harness/platform',
    'harness/reporters',
    'harness/runner',
    'harness/scenario.ts',
    'harness/selftest',
    'harness/simulation',
    'harness/verdict',
  ],
  'harness/scaffold': ['harness/platform'],
  'harness/cli': [
    'harness/apps',
    'harness/bench',
    'harness/checkers',
    'harness/clients',
    'harness/cluster',
    'harness/compare',
    'harness/config.ts',
    'harness/console',
    'harness/explore',
    'harness/faults',
    'harness/history',
    'harness/k6',
    'harness/lab',
    'harness/leases',
    'harness/mutate',
    'harness/nightly',
    'harness/observe',
    'harness/plans',
    'harness/platform',
    'harness/reporters',
    'harness/runner',
    'harness/scaffold',
    'harness/scenario.ts',
    'harness/selftest',
    'harness/simulation',
    'harness/toxiproxy',
    'harness/verdict',
  ],
}

/** The row of the table that a file belongs to. */
function rowOf(file: string): string | undefined {
  const parts = file.split('/')
  return [3, 2].map((length) => parts.slice(0, length).join('/')).find((row) => Object.hasOwn(mayImport, row))
}

describe('the table of folders', () => {
  const ofProduct = [...graph].filter(([file]) => file.startsWith('system/') || file.startsWith('harness/'))

  it('has a row for every file', () => {
    expect(ofProduct.map(([file]) => file).filter((file) => rowOf(file) === undefined)).toEqual([])
  })

  it('allows every import that there is', () => {
    const strangers = ofProduct.flatMap(([file, targets]) => {
      const row = rowOf(file)!
      const bad = targets.filter((to) => rowOf(to) !== row && !mayImport[row]!.includes(rowOf(to) ?? to))
      return bad.map((to) => `${file} imports ${to}`)
    })
    expect(strangers).toEqual([])
  })

  it('allows none that there is not', () => {
    const used = new Set(
      ofProduct.flatMap(([file, targets]) => targets.map((to) => `${rowOf(file)} imports ${rowOf(to)}`)),
    )
    const allowed = Object.entries(mayImport).flatMap(([row, others]) => others.map((to) => `${row} imports ${to}`))
    expect(allowed.filter((one) => !used.has(one))).toEqual([])
  })

  it('has no cycle between folders', () => {
    const rows = Object.keys(mayImport)
    const upwards = Object.entries(mayImport).flatMap(([row, others]) =>
      others
        .filter((to) => row.split('/')[0] === to.split('/')[0] && rows.indexOf(to) >= rows.indexOf(row))
        .map((to) => `${row} imports ${to}`),
    )
    expect(upwards).toEqual([])
  })
})

function cycles(): string[] {
  const done = new Set<string>()
  const found: string[] = []
  const walk = (file: string, path: string[]) => {
    if (path.includes(file)) return void found.push([...path.slice(path.indexOf(file)), file].join(' -> '))
    if (done.has(file)) return
    for (const to of graph.get(file) ?? []) walk(to, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) walk(file, [])
  return found
}

/** What no file may call outside its platform folder, and what to use instead. */
const instead = {
  'Date.now(': 'clock.now(), so time can be simulated',
  'new Date()': 'clock.now(), so time can be simulated',
  'Math.random(': 'random, so the seed decides',
  'setTimeout(': 'clock.after() or clock.sleep()',
  'setInterval(': 'clock.after(), re-armed',
} as const
const mayTouchTime = (file: string) =>
  file.includes('/platform/') || file.includes('/client/') || file.startsWith('scenarios/')

/** Mistakes of tests themselves, and what to do instead. */
const misleading: [id: string, what: string, pattern: RegExp][] = [
  ['DF-122', 'compares a reply with a part of it (instead: toEqual)', /toMatchObject\(\{ status: '/],
  ['DF-123', 'replaces a module by its name (instead: hands in a part)', /\bvi\.(do)?[mM]ock\(/],
  [
    'DF-124',
    'runs beside another test of its file, which may use the same actors',
    /\b(it|test|describe)\.concurrent\b/,
  ],
  [
    'DF-125',
    'expects what an actor throws at its sender (instead: onExit, or the log)',
    /\.send\([^\n]*\)\.(not\.)?toThrow/,
  ],
]

/** Tests beside each other that share no actor, and why not. */
const besideEachOther: Readonly<Record<string, string>> = {
  'test/harness/faults/link-faults.nightly.test.ts': 'each test has links of its own, and there is no node',
  'test/harness/faults/client-suspend.int.test.ts': 'each test has a tab of its own, and there is no node',
}

describe('what no test may do', () => {
  it.each(misleading)('%s: %s', (id, _what, pattern) => {
    const tests = everything.filter((file) => file.startsWith('test/') && file !== 'test/tidy.test.ts')
    const allowed = id === 'DF-124' ? Object.keys(besideEachOther) : []
    expect(tests.filter((file) => pattern.test(code(file)) && !allowed.includes(file))).toEqual([])
  })

  it.each([
    ["expect(await client.join('ping')).toMatchObject({ status: 'ok' })", 'DF-122'],
    ["vi.mock('../../system/pubsub/pubsub.ts')", 'DF-123'],
    ["describe.concurrent('two at once', () => {})", 'DF-124'],
    ["expect(() => actor.send('bad')).toThrow('boom')", 'DF-125'],
  ])('and would be found: %s', (line, id) => {
    expect(misleading.filter(([, , pattern]) => pattern.test(line)).map(([found]) => found)).toEqual([id])
  })
})

describe('what no file may do', () => {
  it.each(Object.entries(instead))('calls %s only in platform/ (instead: %s)', (banned) => {
    const guilty = sources.filter((file) => !mayTouchTime(file) && code(file).includes(banned))
    expect(guilty).toEqual([])
  })

  it('knows of defects in the system', () => {
    const knowing = filesBelow('system', '.ts').filter((file) => /DF-\d|defect/i.test(readFileSync(file, 'utf8')))
    expect(knowing).toEqual([])
  })

  it('focuses no test', () => {
    const focus = ['test', 'it', 'describe'].map((name) => `${name}.only(`)
    expect(everything.filter((file) => focus.some((word) => code(file).includes(word)))).toEqual([])
  })

  it('names no folder of a machine', () => {
    const machine = new RegExp(['/work/', '/root/', '/home/[a-z]'].join('|'))
    expect(
      everything.filter((file) => file !== 'test/tidy.test.ts' && machine.test(readFileSync(file, 'utf8'))),
    ).toEqual([])
  })

  it('names no path that has moved, in what runs outside of the tests', () => {
    const scripts = [
      ...readdirSync('.ci').map((name) => `.ci/${name}`),
      'squall',
      'docker-compose.yml',
      'deploy/stand-ins.sh',
    ]
    const paths = /\b(?:deploy|harness|system|scenarios)\/[\w./-]*\w/g
    const named = scripts.flatMap((file) =>
      (readFileSync(file, 'utf8').match(paths) ?? []).map((path) => ({ file, path })),
    )
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter(({ path }) => !existsSync(path))).toEqual([])
  })

  it('keeps download hosts out of the lock file', () => {
    expect(readFileSync('package-lock.json', 'utf8')).not.toMatch(/"resolved"/)
  })
})

/** The text of a file without its comments and without what it runs in a browser page. */
function code(file: string): string {
  return readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}
