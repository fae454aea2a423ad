import { randomBytes } from 'node:crypto'
import type { Leases } from '../leases/leases.ts'
import type { Random } from '../platform/random.ts'
import { clientHeartbeatMs, clusterHeartbeatMs } from '../timing.ts'
import { type ClusterApp, databaseEnvOf, envOfApps, folderEnvOf, type Seed } from './app.ts'
import { type Balancer, balancerName, startBalancer } from './balancer/balancer.ts'
import { createPolicy, type PolicyName } from './balancer/policy.ts'
import type { ClusterInfrastructure, InfrastructureOptions, ListenAddress } from './infrastructure.ts'
import type { Links } from './links.ts'
import type { ClusterNode } from './node.ts'
import { ownPromises, type SystemPromises } from './promises.ts'
import type { Database } from './services/database.ts'
import { superuser } from './services/postgres.ts'
import type { RedisServer } from './services/redis.ts'
import type { StatsdSink } from './statsd/sink.ts'
import { type SystemPatch, unpatched } from './system-patch.ts'

/** How the nodes exchange messages: directly, or through a Redis server. */
export const pubsubNames = ['mesh', 'redis'] as const
export type PubSubName = (typeof pubsubNames)[number]

export interface ClusterOptions {
  nodes: number
  /** Default: mesh. */
  pubsub?: PubSubName
  /** For data and logs. */
  folder: string
  leases: Leases
  random: Random
  /** For every node. */
  env?: Record<string, string>
  /** The same; nodes that run already need not have it. */
  fasterEnv?: Record<string, string>
  /** What the system has to promise. Default: nothing. */
  promised?: readonly (keyof SystemPromises)[]
  /** Default: the unmodified system. */
  patch?: SystemPatch
  /** Nodes without a web server (DP-3). */
  nodesWithoutWeb?: readonly string[]
  /** How a balancer in front of the nodes chooses. Default: there is no balancer (DP-17). */
  balancer?: PolicyName
  /** Further nodes of the cluster, which are not started with it: for deploys and for scaling out. */
  standby?: readonly string[]
  /** The applications that the scenario cannot do without. Default: none. */
  neededApps?: readonly string[]
  /** Data that the scenario needs, written before the nodes start. */
  seeds?: readonly Seed[]
}

/** A database, links, nodes and, if needed, a Redis server; each cluster has its own ports. */
export interface Cluster {
  readonly nodes: readonly ClusterNode[]
  /** The names of the available applications that offer everything the harness needs. */
  readonly apps: readonly string[]
  /** Environment variables that the scenario set on every node; undefined for nodes that run already, whose settings are unknown. */
  readonly env?: Readonly<Record<string, string>>
  /** What the system is expected to do beyond the contract. */
  readonly promises: SystemPromises
  /** Present when it was asked for: clients reach it as if it were a node of the name `balancer`. */
  readonly balancer?: Balancer
  readonly database: Database
  /** Present when the nodes exchange messages through Redis. */
  readonly redis?: RedisServer
  readonly links: Links
  /** Absent for a system that somebody else has started. */
  readonly secrets?: ClusterSecrets
  /** Present where the nodes can reach it. */
  readonly statsd?: Omit<StatsdSink, 'close'>
  /** Also one that is not started with the cluster. Throws for an unknown name. */
  node(name: string): ClusterNode
  /** Returns another node of this cluster, not started yet, with its own configuration. */
  spare(name: string, env: Record<string, string>): Promise<ClusterNode>
  stop(): Promise<void>
}

/** What all nodes of a cluster know and nobody else. */
export interface ClusterSecrets {
  /** Signs tokens and cookies. */
  keyBase: string
  /** Opens the control ports. */
  control: string
  /** Proves to a node that a peer belongs to the cluster. */
  cluster: string
}

/** Starts the database and then the nodes on their own infrastructure. If a step fails, everything already started is stopped. */
export async function startCluster(
  options: ClusterOptions,
  apps: readonly ClusterApp[],
  createInfrastructure: (options: InfrastructureOptions) => Promise<ClusterInfrastructure>,
): Promise<Cluster> {
  const { folder, leases, random, patch = unpatched, nodesWithoutWeb = [], seeds = [], standby = [] } = options
  const started = Array.from({ length: options.nodes }, (_, index) => `n${index + 1}`)
  const names = [...started, ...standby]
  const secret = () => randomBytes(24).toString('hex')
  const clusterSecret = secret()
  const controlSecret = secret()
  const keyBase = `${secret()}${secret()}`
  const infrastructure = await createInfrastructure({
    names,
    withRedis: options.pubsub === 'redis',
    folder,
    leases,
    random,
  })
  const { database, redis, links, linkHost, statsd } = infrastructure
  const addresses = new Map<string, ListenAddress>()
  const nodes: ClusterNode[] = []
  const extraNodes: ClusterNode[] = []
  let balancer: Balancer | undefined

  async function stop() {
    await balancer?.close()
    await Promise.all([...nodes, ...extraNodes].map((node) => node.kill()))
    await infrastructure.close()
  }

  async function meshEnv(name: string, { host, meshPort }: ListenAddress): Promise<Record<string, string>> {
    const peers = await Promise.all(
      names
        .filter((peer) => peer !== name)
        .map(async (peer) => `${peer}=ws://${linkHost}:${(await links.link(name, peer)).port}`),
    )
    return {
      CLUSTER_HOST: host,
      CLUSTER_PORT: String(meshPort),
      CLUSTER_SECRET: clusterSecret,
      CLUSTER_PEERS: peers.join(','),
    }
  }

  const redisEnv = async (name: string) => ({
    PUBSUB: 'redis',
    REDIS_URL: `redis://${linkHost}:${(await links.link(name, 'redis')).port}`,
  })

  async function envOf(name: string, own: Record<string, string>): Promise<Record<string, string>> {
    const address = addresses.get(name)!
    const db = await links.link(name, 'db')
    const databaseUrl = `postgres://${superuser}@${linkHost}:${db.port}/postgres`
    return {
      SQUALL_NODE: name,
      HOST: address.host,
      PORT: String(address.webPort),
      SECRET_KEY_BASE: keyBase,
      ...envOfApps(apps),
      ...(redis ? await redisEnv(name) : await meshEnv(name, address)),
      CLUSTER_HEARTBEAT_MS: String(clusterHeartbeatMs),
      CLIENT_HEARTBEAT_MS: String(clientHeartbeatMs),
      CONTROL_HOST: address.host,
      CONTROL_PORT: String(address.controlPort),
      CONTROL_SECRET: controlSecret,
      DATABASE_URL: databaseUrl,
      ...databaseEnvOf(apps, databaseUrl),
      ...folderEnvOf(apps, infrastructure.folderOf?.(name)),
      WEB: nodesWithoutWeb.includes(name) ? 'off' : 'on',
      ...(statsd && { STATSD_HOST: statsd.host, STATSD_PORT: String(statsd.port) }),
      ...options.env,
      ...options.fasterEnv,
      ...own,
    }
  }

  const assignAddress = async (name: string) => void addresses.set(name, await infrastructure.assignAddress(name))
  const build = async (name: string, own: Record<string, string> = {}): Promise<ClusterNode> =>
    infrastructure.createNode(name, { env: await envOf(name, own), controlSecret, patch })

  async function startOwnBalancer(policy: PolicyName): Promise<Balancer> {
    await assignAddress(balancerName)
    const { host, webPort: port } = addresses.get(balancerName)!
    const own = await startBalancer({ host, port, choose: createPolicy(policy, random) })
    for (const { name, hasWeb, port: nodePort } of nodes) if (hasWeb) own.add({ name, host, port: nodePort })
    return own
  }

  try {
    for (const name of names) await assignAddress(name)
    await Promise.all([database.start(), redis?.start()])
    for (const seed of seeds) await seed.apply(database)
    for (const name of started) nodes.push(await build(name))
    for (const name of standby) extraNodes.push(await build(name))
    if (options.balancer !== undefined) balancer = await startOwnBalancer(options.balancer)
    await Promise.all(nodes.map((node) => node.start()))
  } catch (error) {
    await stop()
    throw error
  }

  return {
    nodes,
    apps: apps.map(({ name }) => name),
    env: options.env ?? {},
    promises: ownPromises,
    ...(balancer && { balancer }),
    database,
    ...(redis && { redis }),
    links,
    secrets: { keyBase, control: controlSecret, cluster: clusterSecret },
    ...(statsd && { statsd }),
    node(name) {
      const found = [...nodes, ...extraNodes].find((one) => one.name === name)
      if (!found) throw new Error(`there is no node ${name}; this cluster has ${names.join(', ')}`)
      return found
    },
    async spare(name, env) {
      await assignAddress(name)
      const node = await build(name, env)
      extraNodes.push(node)
      return node
    },
    stop,
  }
}
