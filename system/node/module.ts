import type { FastifyInstance } from 'fastify'
import type { ReadSession, Sealer, SocketDefinition } from '../channels/index.ts'
import type { ControlAction } from '../control/action.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { ConfigOf, ConfigPart, Variables } from '../platform/config.ts'
import type { Log, Redaction } from '../platform/log.ts'
import type { Random } from '../platform/random.ts'
import type { PubSub } from '../pubsub/index.ts'
import type { AnyActorRef, Child, Runtime } from '../runtime/index.ts'
import type { Part } from './lifecycle.ts'

/** Browser entry points: the name that it is built as -> its source, relative to the folder of the application. */
export type Bundles = Readonly<Record<string, string>>

/** What the node gives to each of its applications. */
export interface AppContext<V extends Variables = Variables> {
  config: ConfigOf<V>
  pubsub: PubSub
  runtime: Runtime
  clock: Clock
  random: Random
  log: Log
  /** Signs tokens and cookies; the same on all nodes. */
  secret: string
  /** Seals tokens in another way than usual: simulations need one that takes no real time. */
  sealer?: Sealer
  /** Awaited by handlers that the control port can slow down. */
  beforeHandle(handler: string): Promise<void> | undefined
  metrics: Metrics
}

export interface AppHolds {
  /** Ids of the channels that have entries in its trackers. */
  owners?: readonly string[]
  /** How often its trackers have told the other nodes of changes, since the node started. */
  changesTold?: number
  /** Whatever must be zero when nothing is going on. */
  pending: Record<string, number>
}

/** One application on one node. Everything is optional: a node asks each application for what it has. */
export interface App {
  sockets?: readonly SocketDefinition[]
  /** Started before the children: subscriptions that must not miss what the children publish. */
  beforeChildren?: readonly Part[]
  /** Supervised, in the order in which they are started. */
  children?: readonly Child[]
  /** Its own supervisors that run: the runtime lists other actors only. They can be killed as these can. */
  supervisors?(): readonly AnyActorRef[]
  /** Started when pub/sub is up, stopped before it goes down. */
  afterPubSub?: readonly Part[]
  /** Registers its pages on a scope of the node's web server that is its own: hooks and decorators stay inside. */
  routes?(web: FastifyInstance): void | Promise<void>
  /** Renders the error pages of the whole node; the first application that has one is asked. */
  errorPage?(title: string, text: string): string
  /** Reads the sessions that sockets see. One application of a node may have it. */
  readSession?: ReadSession
  controlActions?: readonly ControlAction[]
  counters?(): Record<string, number>
  /** What it holds beside channels and actors, for the inventory of GET /state. */
  holds?(): AppHolds
  /** Named conditions of GET /ready; the node is ready when all are true. */
  readiness?(): Record<string, boolean>
  /** What it adds to GET /state. */
  state?(): Record<string, unknown>
}

/** An application on a node, with the name of its module. */
export interface RunningApp extends App {
  name: string
}

/** An application as `system/apps/<name>/module.ts` exports it: what is known before a node starts, and how one is made. */
export interface AppModule<V extends Variables = Variables, A extends App = App> {
  /** As APPS names it. */
  name: string
  config?: ConfigPart<V>
  bundles?: Bundles
  redactions?: readonly Redaction[]
  create(context: AppContext<V>): A
}

/** Infers the types of a module from its configuration and from what it creates. */
export const defineModule = <V extends Variables = Record<never, never>, A extends App = App>(
  module: AppModule<V, A>,
): AppModule<V, A> => module
