import { NotSupported } from '../../platform/errors.ts'
import { seedMost } from '../../platform/random.ts'
import { createLinkThread, type LinkThread } from '../../toxiproxy/index.ts'
import type { Cluster, ClusterOptions } from '../cluster.ts'
import { type ControlClient, createControlClient, type Readiness } from '../control-client.ts'
import type { Driver } from '../driver.ts'
import { createNode, type Shows } from '../node.ts'
import { createDatabase, type Database } from '../services/database.ts'
import { unpatched } from '../system-patch.ts'
import { createCommanded, runCommand } from './commanded.ts'
import { createRemoteLinks } from './remote-links.ts'
import { readTarget, type Target } from './target.ts'

/** A system that is already running, described by a file. Scenarios that need what it does not support are skipped, with the reason. */
export const remoteDriver: Driver = async ({ target: file, apps }) => {
  const target = readTarget(file ?? '', apps)
  const linkThread = createLinkThread()
  return { start: (options) => attach(target, linkThread, options), close: linkThread.close }
}

const healthWithinMs = 1_000

const hostOf = (url: string) => {
  const { hostname, port, protocol } = new URL(url)
  return `${hostname}:${port || (protocol === 'http:' ? 80 : 5432)}`
}

async function attach(target: Target, linkThread: LinkThread, options: ClusterOptions): Promise<Cluster> {
  requireSupported(target, options)
  const names = target.nodes.map((_, index) => `n${index + 1}`)
  for (const { reset } of Object.values(target.apps)) await runCommand(reset, target.folder)
  const linkServer = await linkThread.startServer({ seed: options.random.integer(0, seedMost) })
  const addresses = Object.fromEntries([
    ...target.nodes.map(({ url }, index) => [names[index]!, hostOf(url)] as const),
    ...(target.database ? [['db', hostOf(target.database.url)] as const] : []),
  ])
  const links = createRemoteLinks({
    localApiUrl: linkServer.apiUrl,
    addresses,
    nodeNames: names,
    toxiproxy: target.toxiproxy,
  })
  const nodes = await Promise.all(
    target.nodes.map(async (described, index) => {
      const { url, commands } = described
      const name = names[index]!
      const control = described.control && controlOf(target, index)
      // Direct requests to a node use their own link, on which no faults are injected.
      const { port } = await links.link('direct', name)
      return createNode({
        name,
        instance: createCommanded(name, commands, target.folder),
        port,
        controlPort: described.control ? Number(new URL(described.control.url).port) : port,
        control: control ?? noControl(name, url),
        hasWeb: true,
        hasControl: control !== undefined,
        shows: await shownBy(control),
        ownName: described.name ?? name,
        origin: new URL(url).origin,
        logFile: undefined,
      })
    }),
  )
  return {
    nodes,
    apps: Object.keys(target.apps),
    promises: target.promises,
    database: databaseOf(target),
    links,
    node(name) {
      const found = nodes.find((one) => one.name === name)
      if (!found) throw new NotSupported(`the target has no node ${name}, only ${names.join(', ')}`)
      return found
    },
    spare: async (name) => {
      throw new NotSupported(`the target runs already, and ${name} would be one node more`)
    },
    stop: linkServer.close,
  }
}

/** Rejects what the target lacks, with the reason that says most: what no other setting would change comes first. */
export function requireSupported(
  target: Pick<Target, 'nodes' | 'apps' | 'promises'>,
  {
    nodes,
    neededApps = [],
    promised = [],
    env = {},
    nodesWithoutWeb = [],
    balancer,
    standby = [],
    seeds = [],
    patch = unpatched,
    pubsub,
  }: WantedCluster,
) {
  const app = neededApps.find((name) => !Object.hasOwn(target.apps, name))
  if (app !== undefined)
    throw new NotSupported(
      `the scenario needs the application ${app}, and the target has none, or no command that puts it back`,
    )
  const broken = promised.find((promise) => !target.promises[promise])
  if (broken !== undefined) throw new NotSupported(`the scenario is about ${broken}, which the target does not promise`)
  const specs: Record<string, boolean> = {
    'nodes that talk through Redis': pubsub === 'redis',
    [`nodes that are started with ${patch.names.join(', ')}`]: patch.names.length > 0,
    'a node without a web server': nodesWithoutWeb.length > 0,
    'a balancer in front of the nodes': balancer !== undefined,
    'nodes that are started later': standby.length > 0,
    [`nodes that are started with ${Object.keys(env).join(', ')}`]: Object.keys(env).length > 0,
    ...Object.fromEntries(seeds.map(({ what }) => [what, true])),
  }
  const missing = Object.keys(specs).find((spec) => specs[spec])
  if (missing) throw new NotSupported(`the scenario needs ${missing}; the target runs already`)
  if (nodes > target.nodes.length)
    throw new NotSupported(
      `the scenario needs ${nodes} nodes, and the target has ${target.nodes.length}; scenarios that do not set their number take that of --nodes`,
    )
}

type WantedCluster = Pick<
  ClusterOptions,
  | 'nodes'
  | 'neededApps'
  | 'promised'
  | 'env'
  | 'nodesWithoutWeb'
  | 'balancer'
  | 'standby'
  | 'seeds'
  | 'patch'
  | 'pubsub'
>

/** The control port of a node, with its peers by the names that they have here. */
export function controlOf({ nodes }: Pick<Target, 'nodes'>, index: number): ControlClient {
  const { url, control, name } = nodes[index]!
  const own = `n${index + 1}`
  const client = createControlClient(control!.url, control!.secret, own)
  const names = new Map(nodes.map(({ name }, at) => [name, `n${at + 1}`]))
  /** Whatever the control port does not say is found out from outside: a node that answers is there. */
  async function orAnswers<T>(asked: Promise<T>, instead: T): Promise<T> {
    return asked.catch(async (error) => {
      if (!(error instanceof NotSupported)) throw error
      await answers(url)
      return instead
    })
  }
  const health = (withinMs?: number) => orAnswers(client.health(withinMs), { node: name ?? own, pid: 0, uptimeMs: 0 })
  async function ready<R extends Readiness = Readiness>(): Promise<R> {
    const answer = await orAnswers(client.ready<R>(), { ready: true } as R)
    if (!answer.peers) return answer
    const peers = Object.entries(answer.peers).map(([name, isThere]) => [names.get(name) ?? name, isThere])
    return { ...answer, peers: Object.fromEntries(peers) }
  }
  return { ...client, health, ready }
}

const answers = (url: string) => fetch(url, { signal: AbortSignal.timeout(healthWithinMs) })

/** What can be read of a node is found out once, when the harness attaches to it. */
async function shownBy(control: ControlClient | undefined): Promise<Shows> {
  const state = await control?.state().catch(() => undefined)
  return { state: state?.connections !== undefined, inventory: state?.holds !== undefined }
}

/** Stands in for a missing control port: health is checked from outside; every other request throws NotSupported. */
function noControl(name: string, url: string): ControlClient {
  const refuse = async () => {
    throw new NotSupported(`the target gives no control of ${name}`)
  }
  return new Proxy({} as ControlClient, {
    get: (_, question) => (question === 'health' ? () => answers(url) : refuse),
  })
}

function databaseOf({ database, folder }: Target): Database {
  if (database) return createDatabase(createCommanded('the database', database.commands, folder), database.url)
  const missing = async () => {
    throw new NotSupported('the target does not say where its database is')
  }
  const nobody = createCommanded('the database', {}, folder)
  return { ...createDatabase(nobody, 'postgres://127.0.0.1/'), query: missing, start: missing, kill: missing }
}
