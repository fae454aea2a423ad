import type { Cluster, PubSubName } from '../cluster/cluster.ts'
import type { DriverName } from '../cluster/drivers.ts'
import { UsageError } from '../platform/errors.ts'
import { codeOf, type StopSignal } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { freshSeed } from '../platform/random.ts'
import { requireRedis } from '../runner/prerequisites.ts'
import { requireBuiltAssets } from '../runner/run-folder.ts'
import { withCluster } from '../runner/temporary-cluster.ts'
import { patchFor } from '../selftest/defects.ts'
import type { Command } from './command.ts'
import { flags } from './options.ts'

interface UpFlags {
  driver: DriverName
  nodes: number
  pubsub: PubSubName
  seed?: number
  defect?: string[]
  json?: boolean
}

export const up: Command = {
  name: 'up',
  summary: 'start a cluster, print its addresses, and keep it until Ctrl-C',
  options: [flags.nodes, flags.seed, flags.defect, flags.json, flags.driver, flags.pubsub],
  async run(_names, options: UpFlags, io) {
    if (options.driver === 'remote')
      throw new UsageError('up holds a cluster of its own: --driver takes process or container; got "remote"')
    requireBuiltAssets(io.root)
    if (options.pubsub === 'redis') requireRedis(options.driver, io)
    const patch = await patchFor(options.defect, io)
    io.err(`squall: starting a database and ${options.nodes} nodes ...\n`)
    const { driver, nodes, pubsub, seed = freshSeed() } = options
    return withCluster({ seed, driver, nodes, pubsub, patch }, async (cluster) => {
      io.out(options.json ? `${JSON.stringify(addresses(cluster), null, 2)}\n` : describeCluster(cluster))
      return codeOf(await stopped(io))
    })
  },
}

const stopped = (io: Io) => new Promise<StopSignal>((resolve) => io.interruption.onStop(resolve))

const addresses = ({ nodes, database, redis, links }: Cluster) => ({
  nodes: nodes.map(({ name, directUrl, pid, logFile }) => ({ name, url: directUrl, pid, log: logFile })),
  database: database.url,
  ...(redis && { redis: redis.url }),
  links: links.apiUrl,
})

function describeCluster(cluster: Cluster): string {
  const { nodes, database, redis, links } = addresses(cluster)
  return [
    ...nodes.map(({ name, url, log }) => `${name}        ${url}   log ${log}`),
    `database  ${database}`,
    ...(redis ? [`redis     ${redis}`] : []),
    `links     ${links}   (Toxiproxy API)`,
    'Ctrl-C ends it.',
    '',
  ].join('\n')
}
