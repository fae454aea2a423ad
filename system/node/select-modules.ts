import { ConfigError, listOf } from '../platform/config.ts'
import type { AppModule } from './module.ts'

/**
 * Returns the modules that `APPS` names, in the order of the list; all of them when it names none. Throws ConfigError for a name that is
 * unknown or comes twice.
 */
export function selectModules(known: readonly AppModule[], apps: string | undefined): readonly AppModule[] {
  const names = known.map(({ name }) => name)
  const sameName = duplicateIn(names)
  if (sameName) throw new Error(`two applications are called ${sameName}; every application needs a name of its own`)
  if (!apps) return known
  const wanted = listOf(apps)
  const problem = problemOf(wanted, names)
  if (problem) throw new ConfigError(`APPS is "${apps}": ${problem}`)
  return known.filter(({ name }) => wanted.includes(name))
}

function problemOf(wanted: readonly string[], names: readonly string[]): string | undefined {
  const unknown = wanted.find((name) => !names.includes(name))
  if (unknown) return `there is no application ${unknown}; known are ${names.join(', ')}`
  if (wanted.length === 0) return `expected names of applications separated by commas; known are ${names.join(', ')}`
  const twice = duplicateIn(wanted)
  return twice && `it names ${twice} twice`
}

const duplicateIn = (names: readonly string[]) => names.find((name, index) => names.indexOf(name) !== index)
