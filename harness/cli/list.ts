import { checkers } from '../checkers/index.ts'
import { faultTitles } from '../faults/titles.ts'
import { UsageError } from '../platform/errors.ts'
import { orNearest } from '../platform/nearest.ts'
import { loadAll } from '../runner/scenario-files.ts'
import { suites } from '../runner/suites.ts'
import { defects } from '../selftest/defects.ts'
import type { Command } from './command.ts'
import { flags } from './options.ts'

interface Listed {
  name: string
  [fact: string]: unknown
}

const scenarioList = async (root: string): Promise<Listed[]> =>
  (await loadAll(root)).map(({ id, title, covers }) => ({ name: id, title, covers }))

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
  faults: () => Object.entries(faultTitles).map(([name, title]) => ({ name, title })),
  checkers: () => Object.entries(checkers).map(([name, { invariant }]) => ({ name, title: invariant })),
  defects: () =>
    Object.entries(defects).map(([name, { scenario, checker }]) => ({
      name,
      title: `caught by ${checker} in ${scenario}`,
      scenario,
      checker,
    })),
} as const satisfies Record<string, (root: string) => Listed[] | Promise<Listed[]>>

const isKind = (name: string): name is keyof typeof lists => Object.hasOwn(lists, name)

export const list: Command = {
  name: 'list',
  argument: '[kind]',
  summary: 'list scenarios (default), suites, faults, checkers or defects',
  options: [flags.json],
  async run([kind = 'scenarios'], { json }: { json?: boolean }, io) {
    if (!isKind(kind)) {
      const kinds = Object.keys(lists)
      throw new UsageError(`cannot list ${kind}${orNearest(kind, kinds)}; there are ${kinds.join(', ')}`)
    }
    const entries: Listed[] = await lists[kind](io.root)
    io.out(json ? `${JSON.stringify({ [kind]: entries }, null, 2)}\n` : lines(entries))
    return 0
  },
}

function lines(entries: readonly Listed[]): string {
  const width = Math.max(...entries.map(({ name }) => name.length))
  return entries.map(({ name, title }) => `${`${name.padEnd(width)}  ${String(title ?? '')}`.trimEnd()}\n`).join('')
}
