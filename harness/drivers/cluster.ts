import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type LinkServer, startLinkServer } from '../links/index.ts'
import type { Random } from '../platform/random.ts'
import type { Leases } from '../runner/leases.ts'
import { createDatabase, type Database, type DatabaseTemplate } from './database.ts'
import { createLinks, type Links } from './links.ts'
import { type ClusterNode, createNode } from './node.ts'
import { freePort } from './ports.ts'
import { createRedisServer, type RedisServer } from './redis.ts'

/** How the nodes talk to each other: directly, or through a Redis server. */
export const pubsubNames = ['mesh', 'redis'] as const
export type PubSubName = (typeof pubsubNames)[number]

export interface ClusterOptions {
  nodes: number
  /** Default: mesh. */
  pubsub?: PubSubName
  template: DatabaseTemplate
  /** Data and logs go here. */
  folder: string
  leases: Leases
  random: Random
  /** For every node. */
  env?: Record<string, string>
  defects?: readonly string[]
  /** Nodes without a web server (DP-3). */
  webless?: readonly string[]
  /** Stock that the story needs, set before the nodes start: item id -> count. */
  stock?: Record<number, number>
}

/** A database, links and nodes, and where they need it a Redis; everything on loopback, with ports of its own. */
export interface Cluster {
  readonly nodes: readonly ClusterNode[]
  readonly database: Database
  /** There is one when the nodes talk through it. */
  readonly redis?: RedisServer
  readonly links: Links
  node(name: string): ClusterNode
  /** Another node of this cluster that is not started yet, with configuration of its own. */
  spare(name: string, env: Record<string, string>): Promise<ClusterNode>
  stop(): Promise<void>
}

/** Whether every node knows that everything is released. */
export async function isOnSale({ nodes }: Pick<Cluster, 'nodes'>): Promise<boolean> {
  const states = await Promise.all(nodes.map(({ control }) => control.state()))
  return states.every(({ inventory }) => inventory?.products.every(({ released }) => released))
}

/** Short heartbeats, so that a run sees in seconds what takes minutes in production. */
const clusterHeartbeatMs = '400'
const clientHeartbeatMs = '1000'

export async function startProcessCluster(options: ClusterOptions): Promise<Cluster> {
  const { template, folder, leases, random, defects = [], webless = [], stock = {} } = options
  mkdirSync(folder, { recursive: true })
  const names = Array.from({ length: options.nodes }, (_, index) => `n${index + 1}`)
  const secret = () => randomBytes(24).toString('hex')
  const clusterSecret = secret()
  const controlSecret = secret()
  const ports = new Map<string, { web: number; mesh: number; control: number }>()
  for (const name of names) ports.set(name, await threePorts(name))
  const dataFolder = join(folder, 'data')
  await template.copyTo(dataFolder)
  const database = await createDatabase({
    binaries: template.binaries,
    dataFolder,
    logFile: join(folder, 'db.log'),
    leases,
  })
  const redis =
    options.pubsub === 'redis'
      ? await createRedisServer({ folder: join(folder, 'redis'), logFile: join(folder, 'redis.log'), leases })
      : undefined
  const extraNodes: ClusterNode[] = []
  let linkServer: LinkServer | undefined

  async function threePorts(name: string) {
    const [web, mesh, control] = [await freePort(), await freePort(), await freePort()]
    for (const port of [web, mesh, control]) leases.holdPort(port, `node ${name}`)
    return { web, mesh, control }
  }

  async function stop() {
    await Promise.all([...nodes, ...extraNodes].map((node) => node.kill()))
    await database.kill()
    await redis?.kill()
    await linkServer?.close()
  }

  /** A link to another node from a node is for the mesh; from anybody else it is for the web. */
  const upstreamFor = (from: string, to: string) => {
    if (to === 'db') return `127.0.0.1:${database.port}`
    if (to === 'redis' && redis) return `127.0.0.1:${redis.port}`
    const { web, mesh } = ports.get(to)!
    return `127.0.0.1:${names.includes(from) ? mesh : web}`
  }

  async function meshEnv(name: string): Promise<Record<string, string>> {
    const peers = await Promise.all(
      names
        .filter((peer) => peer !== name)
        .map(async (peer) => `${peer}=ws://127.0.0.1:${(await links.link(name, peer)).port}`),
    )
    return {
      CLUSTER_PORT: String(ports.get(name)!.mesh),
      CLUSTER_SECRET: clusterSecret,
      CLUSTER_PEERS: peers.join(','),
    }
  }

  const redisEnv = async (name: string) => ({
    PUBSUB: 'redis',
    REDIS_URL: `redis://127.0.0.1:${(await links.link(name, 'redis')).port}`,
  })

  async function envOf(name: string, own: Record<string, string>): Promise<Record<string, string>> {
    const { web, control } = ports.get(name)!
    const db = await links.link(name, 'db')
    return {
      PATH: process.env.PATH ?? '',
      SQUALL_NODE: name,
      PORT: String(web),
      SECRET_KEY_BASE: `${clusterSecret}${clusterSecret}`,
      ...(redis ? await redisEnv(name) : await meshEnv(name)),
      CLUSTER_HEARTBEAT_MS: clusterHeartbeatMs,
      CLIENT_HEARTBEAT_MS: clientHeartbeatMs,
      CONTROL_PORT: String(control),
      CONTROL_SECRET: controlSecret,
      DATABASE_URL: database.url.replace(`:${database.port}/`, `:${db.port}/`),
      DEFECTS: defects.join(','),
      WEB: webless.includes(name) ? 'off' : 'on',
      ...options.env,
      ...own,
    }
  }

  async function build(name: string, own: Record<string, string> = {}): Promise<ClusterNode> {
    const { web, control } = ports.get(name)!
    return createNode({
      name,
      port: web,
      controlPort: control,
      controlSecret,
      env: await envOf(name, own),
      logFile: join(folder, `${name}.log`),
      leases,
    })
  }

  const server = await startLinkServer({ random: random.next })
  linkServer = server
  const links = createLinks(server.apiUrl, upstreamFor)
  const nodes: ClusterNode[] = []
  try {
    await Promise.all([database.start(), redis?.start()])
    for (const [itemId, count] of Object.entries(stock))
      await database.query('update item_availability set initial_count = $2, available_count = $2 where item_id = $1', [
        itemId,
        count,
      ])
    for (const name of names) nodes.push(await build(name))
    await Promise.all(nodes.map((node) => node.start()))
  } catch (error) {
    await stop()
    throw error
  }

  return {
    nodes,
    database,
    ...(redis && { redis }),
    links,
    node(name) {
      const found = nodes.find((one) => one.name === name)
      if (!found) throw new Error(`there is no node ${name}; this cluster has ${names.join(', ')}`)
      return found
    },
    async spare(name, env) {
      ports.set(name, await threePorts(name))
      const node = await build(name, env)
      extraNodes.push(node)
      return node
    },
    stop,
  }
}
