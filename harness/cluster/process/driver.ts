import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Leases } from '../../leases/leases.ts'
import { freePort } from '../../platform/ports.ts'
import { seedMost } from '../../platform/random.ts'
import { forgetKilledPostgres, segmentOf } from '../../platform/shared-memory.ts'
import { createLinkThread, type LinkThread, linkThreadName } from '../../toxiproxy/index.ts'
import { type ClusterApp, setUpDatabase } from '../app.ts'
import { startCluster } from '../cluster.ts'
import { createControlClient } from '../control-client.ts'
import type { Driver } from '../driver.ts'
import type { ClusterInfrastructure, InfrastructureOptions, ListenAddress } from '../infrastructure.ts'
import { createLinks } from '../links.ts'
import { createNode } from '../node.ts'
import { createDatabase, localUrl } from '../services/database.ts'
import { dropTemplates, findPostgres, initDatabase, type Postgres } from '../services/postgres.ts'
import { createRedisProcess } from '../services/redis.ts'
import { patiently } from '../services/sql.ts'
import { openStatsdSink } from '../statsd/sink.ts'
import { patchedStart, type SystemPatch, unpatched } from '../system-patch.ts'
import { createChild } from './child.ts'
import { type Programs, preparePackages, preparePrograms } from './programs.ts'

const host = '127.0.0.1'

/** A seeded data folder that every cluster of a run copies, so that initdb runs only once. */
interface Template {
  binaries: Postgres
  folder: string
}

/** What every cluster of a run starts from. */
interface ClusterTemplate {
  template: Template
  programs: Programs
  /** Of nodes with defects; see `preparePackages`. */
  packages?: string
}

/** Clusters of child processes with embedded link proxies; everything on loopback. */
export const processDriver: Driver = async ({ folder, seed, leases, apps }) => {
  const [template, programs] = await Promise.all([
    prepareTemplate(folder, { apps, seed, leases }),
    preparePrograms(folder),
  ])
  const beginnings = { template, programs }
  const linkThread = createLinkThread()
  let packages: Promise<string | undefined> | undefined
  const packagesFor = ({ files }: SystemPatch): Promise<string | undefined> | undefined => {
    if (files.length > 0) packages ??= preparePackages(folder)
    return packages
  }
  return {
    async start(options) {
      const own = await packagesFor(options.patch ?? unpatched)
      const all = { ...beginnings, ...(own !== undefined && { packages: own }) }
      return startCluster(options, apps, (specs) => createInfrastructure(all, linkThread, specs))
    },
    close: linkThread.close,
  }
}

/** Returns a seeded data folder whose server has been stopped; each cluster copies the folder. */
export async function prepareTemplate(
  runFolder: string,
  { apps, seed, leases }: { apps: readonly ClusterApp[]; seed: number; leases: Leases },
): Promise<Template> {
  const binaries = await findPostgres(runFolder)
  const folder = join(runFolder, 'template')
  await initDatabase(binaries, folder)
  const database = await createPostgres(binaries, folder, join(runFolder, 'template.log'), leases)
  try {
    await database.start()
    for (const sql of dropTemplates) await patiently(database).query(sql)
    await setUpDatabase(database, apps, seed)
  } finally {
    await database.kill()
  }
  return { binaries, folder }
}

/** Returns a server on a data folder; it is not started yet. */
export async function createPostgres(binaries: Postgres, dataFolder: string, logFile: string, leases: Leases) {
  const port = await freePort()
  leases.holdPort(port, 'database')
  const args = ['-D', dataFolder, '-p', String(port)]
  const { postgres: program, user } = binaries
  let segment: string | undefined
  const forget = async () => {
    await forgetKilledPostgres(dataFolder)
    if (segment) leases.releaseMemory(segment)
  }
  const child = createChild({ what: 'database', program, args, user, logFile, leases, beforeStart: forget })
  return createDatabase(child, localUrl(port), {
    afterStart() {
      segment = segmentOf(dataFolder)
      if (segment) leases.holdMemory(segment, 'database')
    },
    afterKill: forget,
  })
}

async function createInfrastructure(
  beginnings: ClusterTemplate,
  linkThread: LinkThread,
  options: InfrastructureOptions,
): Promise<ClusterInfrastructure> {
  const { template, programs, packages } = beginnings
  const { names, withRedis, folder, leases, random } = options
  mkdirSync(folder, { recursive: true })
  const addresses = new Map<string, ListenAddress>()
  const dataFolder = join(folder, 'data')
  await promisify(execFile)('cp', ['-a', template.folder, dataFolder])
  const database = await createPostgres(template.binaries, dataFolder, join(folder, 'db.log'), leases)
  const redis = withRedis
    ? await createRedisProcess({ folder: join(folder, 'redis'), logFile: join(folder, 'redis.log'), leases })
    : undefined
  const statsd = await openStatsdSink()
  const linkServer = await linkThread.startServer({ seed: random.integer(0, seedMost) })

  const portOf = (from: string, to: string) => {
    if (to === 'db') return Number(new URL(database.url).port)
    if (to === 'redis' && redis) return redis.port
    const { webPort, meshPort } = addresses.get(to)!
    return names.includes(from) ? meshPort : webPort
  }
  const route = (from: string, to: string) => ({ listen: `${host}:0`, upstream: `${host}:${portOf(from, to)}` })

  return {
    database,
    ...(redis && { redis }),
    folderOf: (name) => join(folder, `${name}-files`),
    links: createLinks({ apiUrl: linkServer.apiUrl, route, countsAtOnce: true, threadName: linkThreadName }),
    linkHost: host,
    statsd,
    async assignAddress(name) {
      const address = { host, webPort: await freePort(), meshPort: await freePort(), controlPort: await freePort() }
      for (const port of [address.webPort, address.meshPort, address.controlPort]) leases.holdPort(port, `node ${name}`)
      addresses.set(name, address)
      return address
    },
    createNode(name, { env, controlSecret, patch }) {
      const patched = patchedStart(patch)
      const isWhole = patch.files.length === 0 && patch.coverage === undefined && env.APP_MODULES === undefined
      const { script, compileCache } = isWhole ? programs.bundle : programs.source
      // Coverage counts what the packages execute where it lies.
      const takesBuilt = packages !== undefined && patch.files.length > 0 && patch.coverage === undefined
      const { webPort: port, controlPort } = addresses.get(name)!
      const logFile = join(folder, `${name}.log`)
      const instance = createChild({
        what: `node ${name}`,
        program: process.execPath,
        args: ['--disable-warning=ExperimentalWarning', ...patched.flags, script],
        env: {
          PATH: process.env.PATH ?? '',
          NODE_COMPILE_CACHE: compileCache,
          ...(takesBuilt && { SQUALL_PACKAGES: packages }),
          ...patched.env,
          ...env,
        },
        logFile,
        leases,
      })
      const control = createControlClient(`http://127.0.0.1:${controlPort}`, controlSecret)
      return createNode({ name, instance, port, controlPort, control, hasWeb: env.WEB !== 'off', logFile })
    },
    async close() {
      await database.kill()
      await redis?.kill()
      await linkServer.close()
      await statsd.close()
    },
  }
}
