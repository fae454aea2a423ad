import { checkers } from '../checkers/index.ts'
import { describeAim } from '../faults/aims.ts'
import { faults } from '../faults/index.ts'
import { describeOptionsInFull } from '../faults/options.ts'
import { type ClientKind, clientKinds, pairsMet } from '../history/client-kinds.ts'
import { UsageError } from '../platform/errors.ts'
import { orNearest } from '../platform/nearest.ts'
import { readRecord } from '../reporters/record.ts'
import { findRun } from '../runner/run-folder.ts'
import { loadAll } from '../runner/scenario-files.ts'
import { suites } from '../runner/suites.ts'
import { shippedDefects } from '../selftest/defects.ts'
import type { Command } from './command.ts'
import { flags } from './options.ts'

interface Listed {
  name: string
  /** More lines for people; the facts that they are made of stand beside them. */
  details?: readonly string[]
  [fact: string]: unknown
}

const scenarioList = async (root: string): Promise<Listed[]> =>
  (await loadAll(root)).map(({ id, title, covers, apps }) => ({ name: id, title, covers, apps }))

/** What there is, by kind. */
const lists = {
  scenarios: scenarioList,
  async suites(root: string) {
    const all = await loadAll(root)
    return Object.entries(suites).map(([name, { summary, has }]) => ({
      name,
      title: summary,
      scenarios: all.filter(has).map(({ id }) => id),
    }))
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
} as const satisfies Record<string, (root: string) => Listed[] | Promise<Listed[]>>

const isKind = (name: string): name is keyof typeof lists => Object.hasOwn(lists, name)

export const list: Command = {
  name: 'list',
  argument: '[kind]',
  summary:
    'list scenarios (default), suites, faults, checkers, defects, or the pairs of client kinds and faults that the latest run met',
  options: [flags.json],
  async run([kind = 'scenarios'], { json }: { json?: boolean }, io) {
    if (!isKind(kind)) {
      const kinds = Object.keys(lists)
      throw new UsageError(`cannot list ${kind}${orNearest(kind, kinds)}; there are ${kinds.join(', ')}`)
    }
    const entries: Listed[] = await lists[kind](io.root)
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
