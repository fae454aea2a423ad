import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Leases } from '../../leases/leases.ts'
import { type Docker, findDocker, leaseLabel, removeLabelled } from '../../platform/docker.ts'
import { NotSupported } from '../../platform/errors.ts'
import { freePort } from '../../platform/ports.ts'
import { type ClusterApp, setUpDatabase } from '../app.ts'
import { startCluster } from '../cluster.ts'
import { createControlClient } from '../control-client.ts'
import type { Driver } from '../driver.ts'
import type { ClusterInfrastructure, InfrastructureOptions } from '../infrastructure.ts'
import { createLinks } from '../links.ts'
import { createNode } from '../node.ts'
import { createDatabase, localUrl } from '../services/database.ts'
import { superuser } from '../services/postgres.ts'
import { createRedis, redisFlags } from '../services/redis.ts'
import { type ContainerOptions, createContainer } from './container.ts'
import { buildSystemImage, type Images, imagesFrom, systemImage } from './images.ts'
import { startLinkContainer } from './link-container.ts'
import { createNetwork } from './network.ts'
import { patchedContainer } from './patched-container.ts'

/** Ports inside every container; each is published under its own port outside. */
const ports = { web: 4000, mesh: 4100, control: 4200, database: 5432, redis: 6379 } as const

interface Common {
  docker: Docker
  images: Images
  /** Image of the database with tables and seed data; each cluster starts from it. */
  databaseImage: string
}

/** Clusters of containers, each with its own network and a real Toxiproxy on every link; ports are published on loopback only. */
export const containerDriver: Driver = async ({ folder, seed, leases, apps }) => {
  const docker = await findDocker()
  const images = imagesFrom(process.env)
  for (const image of Object.values(images)) await docker.pull(image)
  await buildSystemImage(docker, images.node)
  const label = holdLabel(leases)
  const databaseImage = `squall-database:${label}`
  const logFile = join(folder, 'template.log')
  await makeDatabaseImage({ docker, images, databaseImage }, { label, apps, seed, logFile })
  return {
    start: async (options) => {
      if (options.balancer !== undefined)
        throw new NotSupported('the balancer is a part of the harness, which the links of containers do not reach')
      return startCluster(options, apps, (specs) => createInfrastructure({ docker, images, databaseImage }, specs))
    },
    close: () => letGo(docker, leases, label),
  }
}

function holdLabel(leases: Leases): string {
  const label = `squall-${randomUUID().slice(0, 13)}`
  leases.holdContainers(label)
  return label
}

async function letGo(docker: Docker, leases: Leases, label: string) {
  await removeLabelled(docker, label)
  leases.releaseContainers(label)
}

/** Fast settings, because the data is discarded after the run. It is not in a volume, so that the committed image contains it. */
const databaseSettings = {
  command: ['postgres', '-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'max_connections=60'],
  env: { POSTGRES_USER: superuser, POSTGRES_HOST_AUTH_METHOD: 'trust', PGDATA: '/squall-data' },
}

type DatabaseOptions = Pick<ContainerOptions, 'docker' | 'image' | 'label' | 'logFile' | 'place'>

async function createPostgres(options: DatabaseOptions) {
  const port = await freePort()
  const instance = createContainer({
    ...options,
    ...databaseSettings,
    name: 'db',
    publish: { [ports.database]: port },
  })
  return { instance, database: createDatabase(instance, localUrl(port)) }
}

async function makeDatabaseImage(
  { docker, images, databaseImage }: Common,
  { label, apps, seed, logFile }: { label: string; apps: readonly ClusterApp[]; seed: number; logFile: string },
) {
  const { instance, database } = await createPostgres({ docker, image: images.postgres, label, logFile })
  await database.start()
  await setUpDatabase(database, apps, seed)
  await database.kill()
  const [repo, tag] = databaseImage.split(':')
  await docker.api.getContainer(instance.id()).commit({ repo, tag, changes: `LABEL ${leaseLabel}=${label}` })
}

async function createInfrastructure(
  { docker, images, databaseImage }: Common,
  options: InfrastructureOptions,
): Promise<ClusterInfrastructure> {
  const { names, withRedis, folder, leases } = options
  mkdirSync(folder, { recursive: true })
  const label = holdLabel(leases)
  const network = await createNetwork(docker, label)
  const logOf = (name: string) => join(folder, `${name}.log`)
  const common = (name: string) => ({ docker, label, place: network.placeOf(name), logFile: logOf(name) })
  const outside = new Map<string, { webPort: number; controlPort: number }>()

  const { database } = await createPostgres({ ...common('db'), image: databaseImage })
  const redis = withRedis ? await createRedisContainer() : undefined
  const { apiUrl, listenNext } = await startLinkContainer({ ...common('links'), image: images.toxiproxy })

  async function createRedisContainer() {
    const port = await freePort()
    const command = ['redis-server', ...redisFlags(ports.redis, '0.0.0.0')]
    const publish = { [ports.redis]: port }
    return createRedis(
      createContainer({ ...common('redis'), name: 'redis', image: images.redis, command, publish }),
      port,
    )
  }

  const portOf = (from: string, to: string) => {
    if (to === 'db') return ports.database
    if (to === 'redis') return ports.redis
    return names.includes(from) ? ports.mesh : ports.web
  }
  const route = (from: string, to: string) => ({ listen: listenNext(), upstream: `${to}:${portOf(from, to)}` })

  return {
    database,
    ...(redis && { redis }),
    folderOf: () => '/tmp/squall-files',
    links: createLinks({ apiUrl, route, countsAtOnce: false }),
    linkHost: 'links',
    async assignAddress(name) {
      outside.set(name, { webPort: await freePort(), controlPort: await freePort() })
      return { host: '0.0.0.0', webPort: ports.web, meshPort: ports.mesh, controlPort: ports.control }
    },
    createNode(name, { env, controlSecret, patch }) {
      const { webPort: port, controlPort } = outside.get(name)!
      const hasWeb = env.WEB !== 'off'
      const publish = { ...(hasWeb && { [ports.web]: port }), [ports.control]: controlPort }
      const instance = createContainer({
        ...common(name),
        ...patchedContainer(patch, env),
        name,
        image: systemImage,
        publish,
      })
      const control = createControlClient(`http://127.0.0.1:${controlPort}`, controlSecret)
      return createNode({ name, instance, port, controlPort, control, hasWeb, logFile: logOf(name) })
    },
    close: () => letGo(docker, leases, label),
  }
}
