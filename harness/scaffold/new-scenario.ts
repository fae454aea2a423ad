import { dirname, join } from 'node:path'
import { UsageError } from '../platform/errors.ts'
import type { Creation } from './creation.ts'
import { asWords } from './lists.ts'
import { fromTemplate, importPath } from './template.ts'

interface Places {
  /** The folder of the project, and the door of the harness; absolute. */
  folder: string
  door: string
  /** Where scenarios are, relative to the folder. */
  scenarios: string
  /** How Squall is called in the folder of the project. */
  command: string
  /** The pages of Squall, as they are reached from there. */
  docs: string
}

/** A scenario that runs as it is: a client is cut off for a moment and must hear everything. Throws UsageError for a name that is no id. */
export function newScenario(id: string, { folder, door, scenarios, command, docs }: Places): Creation {
  if (!/^[a-z]+(\/[a-z0-9-]+)+$/.test(id))
    throw new UsageError(`"${id}" is no id of a scenario; expected group/name, such as cart/two-tabs`)
  const path = join(scenarios, `${id}.ts`)
  const title = asWords(id.split('/').at(-1)!)
  return {
    files: [
      {
        path,
        text: fromTemplate('scenario', { id, door: importPath(join(folder, dirname(path)), door), title }),
      },
    ],
    next: [`${command} run ${id}`, `${docs}/adding-a-scenario.md says what else a scenario can do`],
  }
}
