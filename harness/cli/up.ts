import type { Cluster, PubSubName } from '../cluster/cluster.ts'
import type { DriverName } from '../cluster/drivers.ts'
import { type StartedConsole, startConsole } from '../console/index.ts'
import { noteRunning } from '../observe/running.ts'
import { UsageError } from '../platform/errors.ts'
import { codeOf, type StopSignal } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { freshSeed } from '../platform/random.ts'
import { requireRedis } from '../runner/prerequisites.ts'
import { outFolder, requireBuiltAssets, requireBuiltConsole, requireWritable } from '../runner/run-folder.ts'
import { withCluster } from '../runner/temporary-cluster.ts'
import { patchFor } from '../selftest/defects.ts'
import type { Command } from './command.ts'
import { flags, wholeNumber } from './options.ts'

interface UpFlags {
  driver: DriverName
  nodes: number
  pubsub: PubSubName
  seed?: number
  defect?: string[]
  out?: string
  json?: boolean
  consolePort: number
}

const portMax = 65_535

export const up: Command = {
  name: 'up',
  summary: 'start a cluster with a console to break it by hand, and keep it until Ctrl-C',
  options: [
    flags.nodes,
    flags.seed,
    flags.defect,
    {
      flags: '--console-port <port>',
      help: 'port of the console on this machine; 0 takes a free one',
      parse: wholeNumber('--console-port', 0, portMax),
      default: 0,
    },
    flags.out,
    flags.json,
    flags.driver,
    flags.pubsub,
  ],
  async run(_names, options: UpFlags, io) {
    if (options.driver === 'remote')
      throw new UsageError('up holds a cluster of its own: --driver takes process or container; got "remote"')
    requireBuiltAssets(io.root)
    requireBuiltConsole(io.root)
    const out = outFolder(io, options.out)
    requireWritable(out)
    if (options.pubsub === 'redis') requireRedis(options.driver, io)
    const patch = await patchFor(options.defect, io)
    io.err(`squall: starting a database and ${options.nodes} nodes ...\n`)
    const { driver, nodes, pubsub, consolePort: port, seed = freshSeed() } = options
    return withCluster({ seed, driver, nodes, pubsub, patch }, async (cluster, environment) => {
      const started = await startConsole({
        cluster,
        environment,
        seed,
        patch,
        pubsub,
        out,
        port,
        root: io.root,
        interruptedBy: io.interruption.by,
        complain: (sentence) => io.err(`squall: ${sentence}\n`),
      })
      try {
        const all = addresses(cluster, started)
        const { controlSecret } = all
        if (controlSecret !== undefined)
          noteRunning(environment.workFolder, { pid: process.pid, controlSecret, nodes: all.nodes })
        io.out(options.json ? `${JSON.stringify(all, null, 2)}\n` : describeAddresses(all))
        return codeOf(await stopped(io))
      } finally {
        await started.close()
      }
    })
  },
}

const stopped = (io: Io) => new Promise<StopSignal>((resolve) => io.interruption.onStop(resolve))

/** The secret of the control ports is made for this cluster and is gone with it. */
const addresses = ({ nodes, database, redis, links, secrets }: Cluster, { url, shop }: StartedConsole) => ({
  console: url,
  shop,
  nodes: nodes.map(({ name, directUrl, controlPort, pid, logFile }) => ({
    name,
    url: directUrl,
    control: `http://127.0.0.1:${controlPort}`,
    pid,
    log: logFile,
  })),
  ...(secrets && { controlSecret: secrets.control }),
  database: database.url,
  ...(redis && { redis: redis.url }),
  links: links.apiUrl,
})

function describeAddresses({
  console,
  shop,
  nodes,
  database,
  redis,
  links,
  controlSecret,
}: ReturnType<typeof addresses>) {
  const [first] = nodes
  return [
    `console   ${console}`,
    '          Break things there, and watch. The address is a key: whoever has it can use the console.',
    ...shop.map(({ node, url }) => `shop      ${url}/   (${node}, over the link visitor->${node})`),
    ...nodes.map(({ name, control, log }) => `${name}        control ${control}   log ${log}`),
    `          curl -H 'authorization: Bearer ${controlSecret}' ${first?.control}/state`,
    `database  ${database}`,
    ...(redis ? [`redis     ${redis}`] : []),
    `links     ${links}   (Toxiproxy API)`,
    'Look into a node with "squall observe", or at /observer of its control port. Ctrl-C ends it.',
    '',
  ].join('\n')
}
