import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError, listOf } from '../platform/config.ts'
import type { AppModule } from './module.ts'

/**
 * Loads the applications that `APP_MODULES` names by the paths of their files, each with its module as default export: for applications that
 * live outside this project. Rejects with ConfigError for a file that is not one.
 */
export const loadModules = (paths: string | undefined): Promise<AppModule[]> =>
  Promise.all(listOf(paths ?? '').map(loadModule))

async function loadModule(path: string): Promise<AppModule> {
  const problem = (what: string) => new ConfigError(`APP_MODULES names ${path}: ${what}`)
  const loaded = await import(pathToFileURL(resolve(path)).href).catch((error: Error) => {
    throw problem(error.message)
  })
  if (!isModule(loaded.default)) throw problem('expected a default export made by defineModule({ name, create })')
  return loaded.default
}

function isModule(value: unknown): value is AppModule {
  const { name, create } = Object(value) as Partial<AppModule>
  return typeof name === 'string' && typeof create === 'function'
}
