import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError, type NodeConfig } from '../platform/config.ts'
import { type Discovery, discoverByDns } from '../pubsub/index.ts'

/** How this node finds the others while it runs; undefined where the list of its configuration is all there is (DP-13). */
export async function createDiscovery(config: NodeConfig): Promise<Discovery | undefined> {
  const { CLUSTER_DNS: service, CLUSTER_DISCOVERY: path } = config
  if (path !== undefined) return loadDiscovery(path)
  if (service === undefined) return undefined
  // Imported lazily: most nodes ask no name server.
  const { resolveSrv } = await import('node:dns/promises')
  return discoverByDns(service, resolveSrv)
}

/** A strategy of one's own: a module whose default export has `find()`. */
async function loadDiscovery(path: string): Promise<Discovery> {
  const problem = (what: string) => new ConfigError(`CLUSTER_DISCOVERY names ${path}: ${what}`)
  const loaded = await import(pathToFileURL(resolve(path)).href).catch((error: Error) => {
    throw problem(error.message)
  })
  if (typeof loaded.default?.find !== 'function') throw problem('expected a default export with a function find()')
  return loaded.default
}
