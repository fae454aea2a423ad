import { checkers } from '../checkers/index.ts'
import { describeAim } from '../faults/aims.ts'
import { faults } from '../faults/index.ts'
import { describeOptionsInFull } from '../faults/options.ts'
import { type ClientKind, clientKinds, pairsMet } from '../history/client-kinds.ts'
import { UsageError } from '../platform/errors.ts'
import type { Io } from '../platform/io.ts'
import { orNearest } from '../platform/nearest.ts'
import { readRecord } from '../reporters/record.ts'
import { findRun } from '../runner/run-folder.ts'
import { loadKnown, ofSuite } from '../runner/selection.ts'
import { suites } from '../runner/suites.ts'
import { hasTag, tagsOf } from '../runner/tags.ts'
import type { Scenario } from '../scenario.ts'
import { shippedDefects } from '../selftest/defects.ts'
import { count } from '../verdict/checker.ts'
import type { Command } from './command.ts'
import { flags } from './options.ts'

interface Listed {
  name: string
  /** More lines for people; the facts that they are made of stand beside them. */
  details?: readonly string[]
  [fact: string]: unknown
}

const scenarioList = async (_root: string, io: Io): Promise<Listed[]> =>
  (await loadKnown(io)).map((one) => ({
    name: one.id,
    title: one.title,
    covers: one.covers,
    apps: one.apps,
    tags: tagsOf(one),
  }))

/** What there is, by kind. */
const lists = {
  scenarios: scenarioList,
  async suites(root: string, io: Io) {
    const { config } = io
    const all = await loadKnown(io)
    const idsOf = (scenarios: readonly Scenario[]) => scenarios.map(({ id }) => id)
    const shipped = Object.entries(suites).map(([name, { summary, has }]) => ({
      name,
      title: summary,
      scenarios: idsOf(all.filter(has)),
    }))
    const own = Object.entries(config?.suites ?? {}).map(async ([name, suite]) => ({
      name,
      title: suite.summary,
      scenarios: idsOf(await ofSuite(suite, all, { root, cwd: config!.folder })),
    }))
    return [...shipped, ...(await Promise.all(own))]
  },
  async tags(_root: string, io: Io) {
    const all = await loadKnown(io)
    const tags = [...new Set(all.flatMap(tagsOf))].sort()
    return tags.map((name) => {
      const scenarios = all.filter((one) => hasTag(one, [name])).map(({ id }) => id)
      return { name, title: count(scenarios.length, 'scenario'), scenarios }
    })
  },
  faults: () =>
    Object.entries(faults).map(([name, { title, aim, options, simulated, drawn }]) => ({
      name,
      title,
      targets: { what: aim.what, examples: aim.examples },
      options,
      simulated,
      drawn: 'never' in drawn ? drawn.never : true,
      details: [`target   ${describeAim(aim)}`, ...describeOptionsInFull(options).map((line) => `option   ${line}`)],
    })),
  checkers: () => Object.entries(checkers).map(([name, { invariant }]) => ({ name, title: invariant })),
  defects: () =>
    shippedDefects().map(({ name, header: { title, effect, scenario, checker } }) => ({
      name,
      title,
      effect,
      scenario,
      checker,
    })),
  pairs: (root: string) => {
    const { run, eventsOf } = readRecord(findRun('latest', { root, cwd: root }))
    const met = run.scenarios.map(({ id }) => ({ id, pairs: pairsMet(eventsOf(id)) }))
    return Object.keys(faults).map((name) => {
      const scenariosWith = (kind: ClientKind) =>
        met.filter(({ pairs }) => pairs.get(name)?.has(kind)).map(({ id }) => id)
      const byKind = Object.fromEntries(clientKinds.map((kind) => [kind, scenariosWith(kind)]))
      return {
        name,
        title: clientKinds.map((kind) => `${kind} ${byKind[kind]!.length || '-'}`).join('  '),
        met: byKind,
      }
    })
  },
} as const satisfies Record<string, (root: string, io: Io) => Listed[] | Promise<Listed[]>>

const isKind = (name: string): name is keyof typeof lists => Object.hasOwn(lists, name)

export const list: Command = {
  name: 'list',
  argument: '[kind]',
  argumentHelp: ['what to list; scenarios by default'],
  completes: Object.keys(lists),
  summary:
    'list scenarios (default), suites, tags, faults, checkers, defects, or the pairs of client kinds and faults that the latest run met',
  options: [flags.json],
  async run([kind = 'scenarios'], { json }: { json?: boolean }, io) {
    if (!isKind(kind)) {
      const kinds = Object.keys(lists)
      throw new UsageError(`cannot list ${kind}${orNearest(kind, kinds)}; there are ${kinds.join(', ')}`)
    }
    const entries: Listed[] = await lists[kind](io.root, io)
    const facts = entries.map(({ details: _details, ...entry }) => entry)
    io.out(json ? `${JSON.stringify({ [kind]: facts }, null, 2)}\n` : lines(entries))
    return 0
  },
}

/** What is printed of an entry, column by column; more is in the JSON. */
const columnsOf = ({ name, title, scenario, checker }: Listed) =>
  [name, scenario, checker, title].filter((text) => text !== undefined).map(String)

/** Aligned; nothing is filled up at the end of a line. */
function lines(entries: readonly Listed[]): string {
  const rows = entries.map(columnsOf)
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const indent = ' '.repeat(widthOf(0) + 2)
  const lineOf = (row: readonly string[]) => row.map((text, column) => text.padEnd(widthOf(column))).join('  ')
  return entries
    .flatMap(({ details = [] }, index) => [lineOf(rows[index]!), ...details.map((line) => `${indent}${line}`)])
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}
