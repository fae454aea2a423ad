import { execFileSync } from 'node:child_process'
import { relative, resolve } from 'node:path'
import { UsageError } from '../platform/errors.ts'
import type { Io } from '../platform/io.ts'
import { orNearest } from '../platform/nearest.ts'
import { toolCommand } from '../platform/tool-command.ts'
import { type Creation, create } from '../scaffold/creation.ts'
import { newChecker } from '../scaffold/new-checker.ts'
import { newDefect } from '../scaffold/new-defect.ts'
import { newFault } from '../scaffold/new-fault.ts'
import { newScenario } from '../scaffold/new-scenario.ts'
import { importPath } from '../scaffold/template.ts'
import { shippedDefects } from '../selftest/defects.ts'
import type { Command } from './command.ts'

interface Made extends Creation {
  folder: string
}

/** What can be made. */
const kinds = {
  scenario(name: string, io: Io): Made {
    const folder = io.config?.folder ?? io.root
    const scenarios = folder === io.root ? 'scenarios' : 'squall/scenarios'
    const docs = importPath(folder, resolve(io.root, 'docs')).replace(/^\.\//, '')
    const command = toolCommand(io)
    return {
      ...newScenario(name, { folder, door: resolve(io.root, 'harness/index.ts'), scenarios, command, docs }),
      folder,
    }
  },
  fault: (name: string, io: Io): Made => ({ ...newFault(name), folder: ownSources('fault', io) }),
  checker: (name: string, io: Io): Made => ({ ...newChecker(name), folder: ownSources('checker', io) }),
  defect(name: string, io: Io): Made {
    const folder = ownSources('defect', io)
    const diff = execFileSync('git', ['diff', '--no-color', '--no-ext-diff', '--', 'system'], {
      cwd: folder,
      encoding: 'utf8',
    })
    return { ...newDefect(name, { diff, ids: shippedDefects().map((one) => one.header.id) }), folder }
  },
} as const

const isKind = (kind: string): kind is keyof typeof kinds => Object.hasOwn(kinds, kind)

/** These are parts of Squall itself. */
function ownSources(kind: string, { root, cwd }: Io): string {
  if (!relative(root, cwd).startsWith('..')) return root
  throw new UsageError(`a ${kind} is a part of Squall itself, and is made in its folder, ${root}`)
}

export const newFile: Command = {
  name: 'new',
  argument: '<kind> <name>',
  argumentHelp: [Object.keys(kinds).join(', '), 'its name, such as store/my-scenario, link.my-fault or my-checker'],
  summary: 'write a scenario, fault, checker or defect that works as it is, and add it to the lists',
  completes: Object.keys(kinds),
  options: [],
  async run([kind = '', name = ''], _options, io) {
    const all = Object.keys(kinds)
    if (!isKind(kind)) throw new UsageError(`cannot make "${kind}"${orNearest(kind, all)}; there are ${all.join(', ')}`)
    const { folder, ...made } = kinds[kind](name, io)
    create(made, folder)
    for (const { path } of made.files) io.out(`made ${path}\n`)
    for (const { path } of made.changes ?? []) io.out(`changed ${path}\n`)
    for (const line of made.next) io.out(`next: ${line}\n`)
    return 0
  },
}
