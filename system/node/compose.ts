import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { type ControlActions, createControl } from '../control/server.ts'
import { createMetricsPart, type Metrics } from '../metrics/index.ts'
import { type Clock, createCountedClock, createSkewableClock, systemClock } from '../platform/clock.ts'
import { type NodeConfig, readConfig } from '../platform/config.ts'
import { createLog, type Log } from '../platform/log.ts'
import { systemRandom } from '../platform/random.ts'
import { processUsage } from '../platform/usage.ts'
import { createPubSub, type PubSubAdapter } from '../pubsub/index.ts'
import { createRuntime, type Supervisor } from '../runtime/index.ts'
import { createAdapter } from './adapter.ts'
import { createControlActions } from './control-actions.ts'
import { createDelays, type Delays } from './delays.ts'
import { createInspector, type Inspector } from './inspector.ts'
import { joinApps } from './join.ts'
import { createLifecycle, type Lifecycle, type Part } from './lifecycle.ts'
import { sourcesOf } from './measurements.ts'
import type { App, AppContext, AppModule } from './module.ts'
import { selectModules } from './select-modules.ts'
import { sheddingRules } from './shedding/rules.ts'
import { createShedding } from './shedding/shedding.ts'
import { webPart } from './web.ts'

export interface Node extends Lifecycle {
  log: Log
  actors: Supervisor
  /** Where browsers find it; null on a node without web server. */
  port: number | null
}

type Environment = Record<string, string | undefined>

/** Makes one node with the applications that APPS names; nothing of it runs yet. Rejects with ConfigError. */
export async function composeNode(env: Environment, known: readonly AppModule[]): Promise<Node> {
  const modules = selectModules(known, env.APPS)
  const config = readConfig(
    env,
    modules.flatMap((module) => module.config ?? []),
  )
  const timers = createCountedClock(systemClock)
  const clock = createSkewableClock(timers)
  const log = createLog({
    level: config.LOG_LEVEL,
    node: config.SQUALL_NODE,
    redactions: modules.flatMap((module) => module.redactions ?? []),
  })
  const measurements = createMetricsPart({ ...statsdOf(config), clock, log })
  const delays = createDelays(clock)
  const adapter = await createAdapter(config, { clock, log })
  const context = createContext({ config, clock, log, adapter, delays, metrics: measurements.metrics })
  const apps = modules.map((module) => ({ ...module.create(context), name: module.name }))
  const { endpoint, actors, parts } = joinApps(context, apps, delays.beforeChannel)
  const connections = endpoint.clients
  const shedding = createShedding({ connections, rules: sheddingRules(config), clock, log, usage: processUsage })
  const actions = createControlActions({ context, clock, timers, adapter, endpoint, delays, shedding, apps })
  const inspector = createInspector({ context, endpoint, adapter, actors })
  const bundleNames = modules.flatMap(({ bundles = {} }) => Object.keys(bundles))
  const doors = config.WEB ? [webPart({ config, apps, endpoint, bundleNames, log, clock })] : []
  const lifecycle = createLifecycle([
    { name: 'metrics', stop: measurements.stop },
    ...controlPart(config, actions, apps, inspector),
    ...parts(doors),
    shedding.part,
    { name: 'samples', start: () => measurements.start(sourcesOf(endpoint)) },
  ])
  return { log, actors, port: config.WEB ? config.PORT : null, ...lifecycle }
}

interface ContextOptions {
  config: NodeConfig
  clock: Clock
  log: Log
  adapter: PubSubAdapter | undefined
  delays: Delays
  metrics: Metrics
}

const createContext = ({ config, clock, log, adapter, delays, metrics }: ContextOptions): AppContext => ({
  config,
  pubsub: createPubSub({ nodeName: config.SQUALL_NODE, log, ...(adapter && { adapter }) }),
  runtime: createRuntime({ clock, log }),
  clock,
  random: systemRandom(),
  log,
  // Without a configured secret, tokens are good until the node restarts and on this node alone.
  secret: config.SECRET_KEY_BASE ?? randomBytes(32).toString('hex'),
  beforeHandle: delays.beforeHandle,
  metrics,
})

/** Where metrics go, and what each of them is tagged with (PM-2, PM-5). */
const statsdOf = ({ STATSD_HOST: host, STATSD_PORT: port, TENANT_ID: tenant, SQUALL_NODE: node }: NodeConfig) => ({
  host,
  port,
  globalTags: { node, ...(tenant && { tenant_id: tenant }) },
})

/** The control port is open for as long as anything of the node runs; none without a port and a secret. */
function controlPart(config: NodeConfig, actions: ControlActions, apps: readonly App[], inspector: Inspector): Part[] {
  const { CONTROL_SECRET: secret, CONTROL_PORT: port, CONTROL_HOST: host } = config
  if (!secret || !port) return []
  const more = apps.flatMap(({ controlActions = [] }) => controlActions)
  let control: FastifyInstance | undefined
  return [
    {
      name: 'control',
      async start() {
        control = createControl({ secret, actions, more, pages: inspector.pages(secret) })
        await control.listen({ host, port })
      },
      stop() {
        inspector.stop()
        return control?.close()
      },
    },
  ]
}
