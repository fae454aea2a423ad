import { createEndpoint, type Endpoint } from '../channels/index.ts'
import { type Child, type Supervisor, supervisor } from '../runtime/index.ts'
import type { Delays } from './delays.ts'
import type { Part } from './lifecycle.ts'
import { countAttempts } from './measurements.ts'
import type { AppContext, RunningApp } from './module.ts'

/** Kills come in bursts when somebody breaks a node on purpose: the budget leaves room for each part to be killed a few times. */
const restartBudget = { restartsMax: 20, withinMs: 5_000 } as const

export interface JoinedApps {
  endpoint: Endpoint
  actors: Supervisor
  /** Everything between the control port and the clients, in the order in which it is started. */
  parts(doors: readonly Part[]): Part[]
}

/** Makes one node of several applications: one endpoint for their sockets, one supervisor for their children, one order of start. */
export function joinApps(
  context: AppContext,
  apps: readonly RunningApp[],
  beforeChannel?: Delays['beforeChannel'],
): JoinedApps {
  const { config, pubsub, runtime, clock, log, secret, metrics } = context
  const readSession = sessionReader(apps)
  const endpoint = createEndpoint({
    runtime,
    pubsub,
    clock,
    log,
    publicHost: config.PUBLIC_HOST,
    idleTimeoutMs: config.SOCKET_IDLE_TIMEOUT_MS,
    hibernateAfterMs: config.CHANNEL_HIBERNATE_AFTER_MS ?? undefined,
    secret,
    ...(context.sealer && { sealer: context.sealer }),
    ...(readSession && { readSession }),
    ...(beforeChannel && { beforeHandle: beforeChannel }),
    attempts: countAttempts(metrics),
    sockets: apps.flatMap(({ sockets = [] }) => sockets),
  })
  const budget = { strategy: 'one_for_one', ...restartBudget } as const
  const actors = supervisor({ clock, log }, config.SQUALL_NODE, budget, apps.flatMap(childrenOf))
  return {
    endpoint,
    actors,
    parts: (doors) => [
      ...apps.flatMap(({ beforeChildren = [] }) => beforeChildren),
      { name: 'actors', start: actors.start, stop: actors.stop },
      { name: 'pubsub', start: pubsub.start, stop: pubsub.stop },
      ...apps.flatMap(({ afterPubSub = [] }) => afterPubSub),
      ...doors,
      // Last, so that it is the first to stop: clients find another node while this one still answers.
      { name: 'clients', stop: endpoint.drain },
    ],
  }
}

/** Under one supervisor every name has to be unique, and an application knows only its own. */
const childrenOf = ({ name: app, children = [] }: RunningApp): Child[] =>
  children.map((one) => ({ ...one, name: `${app}.${one.name}` }))

function sessionReader(apps: readonly RunningApp[]) {
  const [reader, another] = apps.filter(({ readSession }) => readSession)
  if (reader && another)
    throw new Error(
      `${reader.name} and ${another.name} both read sessions; the sockets of a node see those of one application`,
    )
  return reader?.readSession
}
