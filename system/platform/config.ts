import { z } from 'zod'

export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** Environment variables by name, each with what it accepts. */
export type Variables = Readonly<Record<string, z.ZodType>>

/** The node's own variables, and the values of these. */
export type ConfigOf<V extends Variables> = NodeConfig & z.infer<z.ZodObject<V>>

/** What an application adds to the configuration of a node. */
export interface ConfigPart<V extends Variables = Variables> {
  variables: V
  /** Checks rules that concern several variables; returns a sentence when one is broken. */
  problem?(config: ConfigOf<V>): string | undefined
}

/** Infers the types of a part from its variables. */
export const configPart = <V extends Variables>(part: ConfigPart<V>): ConfigPart<V> => part

export const portNumber = z.coerce.number().int().min(1).max(65_535)
export const positiveInteger = z.coerce.number().int().positive()
export const onOff = (fallback: 'on' | 'off') =>
  z
    .enum(['on', 'off'])
    .default(fallback)
    .transform((value) => value === 'on')

/** Null for `off`. */
export const numberOrOff = z
  .string()
  .regex(/^(off|\d{1,9})$/, 'expected a whole number, or off')
  .transform((text) => (text === 'off' ? null : Number(text)))

/** `a, b` -> `['a', 'b']` */
export const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

const nodeVariables = {
  SQUALL_NODE: z.string().min(1).default('nonode@nohost'),
  HOST: z.string().default('127.0.0.1'),
  PORT: portNumber.default(4000),
  WEB: onOff('on'),
  PUBLIC_HOST: z.string().default('127.0.0.1'),
  SECRET_KEY_BASE: z.string().min(32).optional(),
  NODE_ENV: z.string().optional(),
  PUBSUB: z.enum(['mesh', 'redis']).default('mesh'),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// address' }).optional(),
  CLUSTER_PREFIX: z.string().min(1).default('squall'),
  CLUSTER_HOST: z.string().default('127.0.0.1'),
  CLUSTER_PORT: portNumber.optional(),
  CLUSTER_SECRET: z.string().min(1).optional(),
  CLUSTER_PEERS: z.string().default('').transform(parsePeers),
  CLUSTER_DNS: z.string().min(1).optional(),
  CLUSTER_DISCOVERY: z.string().min(1).optional(),
  CLUSTER_DISCOVER_MS: positiveInteger.default(5_000),
  CLUSTER_HEARTBEAT_MS: positiveInteger.default(1_000),
  CONTROL_HOST: z.string().default('127.0.0.1'),
  CONTROL_PORT: portNumber.optional(),
  CONTROL_SECRET: z.string().min(1).optional(),
  TRACKER_SHARDS: positiveInteger.default(4),
  TRACKER_DOWN_MS: positiveInteger.default(30_000),
  SOCKET_IDLE_TIMEOUT_MS: positiveInteger.default(60_000),
  CLIENT_HEARTBEAT_MS: positiveInteger.default(30_000),
  /** Channels hibernate after this time without a message; `0`: after every message, `off`: never (RT-66). */
  CHANNEL_HIBERNATE_AFTER_MS: numberOrOff.default(15_000),
  /** Shedding: off without one of the first three (DP-23..DP-25). */
  SHED_MAX_AGE_MS: positiveInteger.optional(),
  SHED_CPU_MAX: z.coerce.number().positive().optional(),
  SHED_HEAP_MB_MAX: positiveInteger.optional(),
  SHED_AFTER_MS: positiveInteger.default(30_000),
  SHED_EVERY_MS: positiveInteger.default(1_000),
  SHED_COUNT: positiveInteger.default(100),
  /** Folder of the built scripts and styles, where it is not `dist/client`. */
  CLIENT_ASSETS_DIR: z.string().min(1).optional(),
  /** Applications that keep something need it. */
  DATABASE_URL: z.string().startsWith('postgres', 'must be a postgres:// address').optional(),
  /** The StatsD daemon; without a host, nothing is measured (PM-5). */
  STATSD_HOST: z.string().min(1).optional(),
  STATSD_PORT: portNumber.default(8126),
  /** Tags every metric, so that the health of one tenant can be looked at alone (PM-2). */
  TENANT_ID: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
}

export type NodeConfig = z.infer<z.ZodObject<typeof nodeVariables>>

/** `n2=ws://127.0.0.1:5002,n3=ws://…` -> name to address. */
function parsePeers(text: string, context: z.RefinementCtx): Record<string, string> {
  const pairs = listOf(text).map((part) => part.split(/=(.*)/s) as [string, string])
  const bad = pairs.find(([name, url]) => !name || !/^wss?:\/\//.test(url ?? ''))
  if (bad) context.addIssue(`expected name=ws://host:port, got "${bad.join('=')}"`)
  return Object.fromEntries(pairs.map(([name, url]) => [name, url]))
}

function nodeProblem(config: NodeConfig): string | undefined {
  if (config.NODE_ENV === 'production' && !config.SECRET_KEY_BASE)
    return 'SECRET_KEY_BASE is missing: production needs a secret of at least 32 characters'
  if (config.CLUSTER_PORT && !config.CLUSTER_SECRET)
    return 'CLUSTER_PORT is set but CLUSTER_SECRET is not: nodes must prove that they belong together'
  if (config.CLUSTER_DNS && config.CLUSTER_DISCOVERY)
    return 'CLUSTER_DNS and CLUSTER_DISCOVERY are both set: nodes are found in one way; leave one of them out'
  if (config.PUBSUB === 'redis' && !config.REDIS_URL)
    return 'PUBSUB is redis but REDIS_URL is not set: say where it is, such as redis://127.0.0.1:6379'
  return undefined
}

/**
 * Reads the configuration of one node: its own variables and those of the given parts. Throws ConfigError with a sentence that names
 * the variable, what came and what is expected.
 */
export function readConfig<V extends Variables>(
  env: Record<string, string | undefined>,
  parts: readonly ConfigPart<V>[] = [],
): ConfigOf<V> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = z.object(joined(parts)).safeParse(present)
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => sentence(issue, env)).join('; '))
  const config = parsed.data as ConfigOf<V>
  for (const problemOf of [nodeProblem, ...parts.map((part) => part.problem)]) {
    const problem = problemOf?.(config)
    if (problem) throw new ConfigError(problem)
  }
  return config
}

function joined(parts: readonly ConfigPart[]): Variables {
  const all: Record<string, z.ZodType> = { ...nodeVariables }
  for (const { variables } of parts)
    for (const [name, variable] of Object.entries(variables)) {
      if (all[name])
        throw new Error(`${name} is declared twice: an application needs names of its own for its variables`)
      all[name] = variable
    }
  return all
}

/** Values that must not reach a log: secrets, and addresses that may hold a password. */
const holdsSecret = /SECRET|PASSWORD|_URL$/

function sentence({ path, message }: z.core.$ZodIssue, env: Record<string, string | undefined>) {
  const name = String(path[0])
  if (env[name] === undefined) return `${name} is missing`
  return holdsSecret.test(name) ? `${name} is not valid: ${message}` : `${name} is "${env[name]}": ${message}`
}
