import { mkdtempSync, rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Cluster, type PubSubName, startProcessCluster } from '../drivers/cluster.ts'
import { prepareTemplate } from '../drivers/database.ts'
import { findRedis } from '../drivers/redis.ts'
import { freshSeed, seededRandom } from '../platform/random.ts'
import { openLeases } from '../runner/leases.ts'
import type { Command, Io } from './command.ts'
import { codeOf, type StopSignal } from './interruption.ts'
import { flags } from './options.ts'
import { demandPages } from './run-folder.ts'

interface UpFlags {
  nodes: number
  pubsub: PubSubName
  seed?: number
  defect?: string[]
  json?: boolean
}

export const up: Command = {
  name: 'up',
  summary: 'hold a cluster and print its addresses, until Ctrl-C',
  options: [flags.nodes, flags.seed, flags.defect, flags.json, flags.driver, flags.pubsub],
  async run(_names, options: UpFlags, io) {
    demandPages(io.root)
    if (options.pubsub === 'redis') findRedis(io.env)
    io.err(`squall: starting a database and ${options.nodes} nodes ...\n`)
    const workFolder = mkdtempSync(join(tmpdir(), 'squall-'))
    // PostgreSQL may run as another account, which must be able to reach its data.
    await chmod(workFolder, 0o755)
    const leases = openLeases(basename(workFolder))
    leases.holdFolder(workFolder, 'working folder')
    let cluster: Cluster | undefined
    try {
      const seed = options.seed ?? freshSeed()
      const template = await prepareTemplate(workFolder, seed, leases)
      cluster = await startProcessCluster({
        nodes: options.nodes,
        pubsub: options.pubsub,
        template,
        folder: join(workFolder, 'cluster'),
        leases,
        random: seededRandom(seed),
        defects: options.defect ?? [],
      })
      await Promise.all(cluster.nodes.map((node) => node.ready()))
      io.out(options.json ? `${JSON.stringify(addresses(cluster), null, 2)}\n` : inWords(cluster))
      return codeOf(await stopped(io))
    } finally {
      await cluster?.stop()
      rmSync(workFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
      await leases.close()
    }
  },
}

const stopped = (io: Io) => new Promise<StopSignal>((resolve) => io.interruption.onStop(resolve))

const addresses = ({ nodes, database, redis, links }: Cluster) => ({
  nodes: nodes.map(({ name, directUrl, pid, logFile }) => ({ name, url: directUrl, pid, log: logFile })),
  database: database.url,
  ...(redis && { redis: redis.url }),
  links: links.apiUrl,
})

function inWords(cluster: Cluster): string {
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
