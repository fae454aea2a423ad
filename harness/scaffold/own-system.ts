import { dirname, join } from 'node:path'
import type { Creation } from './creation.ts'
import { fromTemplate, importPath } from './template.ts'

interface OwnSystem {
  /** Where its nodes are reached. */
  urls: readonly string[]
  /** The folder of the project, and the door of the harness; absolute. */
  folder: string
  door: string
  /** How Squall is called in the folder of the project. */
  command: string
}

const scenarioFile = 'squall/scenarios/client-comes-back.ts'

/** What a project needs in order to break its own system: a configuration, a description of the system, and one scenario. */
export function ownSystem({ urls, folder, door, command }: OwnSystem): Creation {
  const target = { nodes: urls.map((url) => ({ url })) }
  return {
    files: [
      {
        path: 'squall.config.ts',
        text: fromTemplate('own-config', { door: importPath(folder, door), nodes: String(urls.length) }),
      },
      { path: 'squall/target.json', text: `${JSON.stringify(target, null, 2)}\n` },
      {
        path: scenarioFile,
        text: fromTemplate('own-scenario', { door: importPath(join(folder, dirname(scenarioFile)), door) }),
      },
      { path: 'squall/.gitignore', text: 'reports/\n' },
    ],
    next: [
      'start your system, or write where it is into squall/target.json',
      `say in ${scenarioFile} which socket, topic and event it has`,
      `${command} run`,
    ],
  }
}
