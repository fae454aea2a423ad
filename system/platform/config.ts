import { z } from 'zod'

export class ConfigError extends Error {
  override name = 'ConfigError'
}

const port = z.coerce.number().int().min(1).max(65_535)
const positive = z.coerce.number().int().positive()
const onOff = (fallback: 'on' | 'off') =>
  z
    .enum(['on', 'off'])
    .default(fallback)
    .transform((value) => value === 'on')
const list = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

const schema = z.object({
  SQUALL_NODE: z.string().min(1).default('nonode@nohost'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(4000),
  WEB: onOff('on'),
  PUBLIC_HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z.string().startsWith('postgres', 'must be a postgres:// address'),
  SECRET_KEY_BASE: z.string().min(32).optional(),
  NODE_ENV: z.string().optional(),
  PUBSUB: z.enum(['mesh', 'redis']).default('mesh'),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// address' }).optional(),
  CLUSTER_PREFIX: z.string().min(1).default('squall'),
  CLUSTER_HOST: z.string().default('127.0.0.1'),
  CLUSTER_PORT: port.optional(),
  CLUSTER_SECRET: z.string().min(1).optional(),
  CLUSTER_PEERS: z.string().default('').transform(parsePeers),
  CLUSTER_HEARTBEAT_MS: positive.default(1_000),
  CONTROL_HOST: z.string().default('127.0.0.1'),
  CONTROL_PORT: port.optional(),
  CONTROL_SECRET: z.string().min(1).optional(),
  STORE_NO_STORE: onOff('on'),
  STORE_STATE_ON_JOIN: onOff('on'),
  STORE_PRODUCT_ROUTE: z.string().min(1).default('product:*'),
  STORE_LOW_BELOW: positive.default(150),
  STORE_MEDIUM_BELOW: positive.default(500),
  ADMIN_USER: z.string().min(1).default('admin'),
  ADMIN_PASSWORD: z.string().min(1).optional(),
  ADMIN_ATTEMPTS: positive.default(10),
  STORE_ONE_SIZE_PER_SHOE: onOff('off'),
  TRACKER_SHARDS: positive.default(4),
  TRACKER_DOWN_MS: positive.default(30_000),
  SOCKET_IDLE_TIMEOUT_MS: positive.default(60_000),
  USER_TOKEN_AGE_S: positive.default(86_400),
  RECURRING_TOKEN_MS: positive.default(5_000),
  CLIENT_HEARTBEAT_MS: positive.default(30_000),
  CLIENT_ASSETS_DIR: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

export type Config = z.infer<typeof schema>

/** `n2=ws://127.0.0.1:5002,n3=ws://…` -> name to address. */
function parsePeers(text: string, context: z.RefinementCtx): Record<string, string> {
  const pairs = list(text).map((part) => part.split(/=(.*)/s) as [string, string])
  const bad = pairs.find(([name, url]) => !name || !/^wss?:\/\//.test(url ?? ''))
  if (bad) context.addIssue(`expected name=ws://host:port, got "${bad.join('=')}"`)
  return Object.fromEntries(pairs.map(([name, url]) => [name, url]))
}

/** Reads one node's configuration. Throws ConfigError with a sentence that names the variable, what came and what is expected. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(present)
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => sentence(issue, env)).join('; '))
  const config = parsed.data
  if (config.NODE_ENV === 'production' && !config.SECRET_KEY_BASE)
    throw new ConfigError('SECRET_KEY_BASE is missing: production needs a secret of at least 32 characters')
  if (config.NODE_ENV === 'production' && config.WEB && !config.ADMIN_PASSWORD)
    throw new ConfigError('ADMIN_PASSWORD is missing: production needs a password of its own for /admin')
  if (config.CLUSTER_PORT && !config.CLUSTER_SECRET)
    throw new ConfigError('CLUSTER_PORT is set but CLUSTER_SECRET is not: nodes must prove that they belong together')
  if (config.PUBSUB === 'redis' && !config.REDIS_URL)
    throw new ConfigError('PUBSUB is redis but REDIS_URL is not set: say where it is, such as redis://127.0.0.1:6379')
  return config
}

/** Values that must not reach a log: secrets, and an address with a password in it. */
const holdsSecret = /SECRET|PASSWORD|DATABASE_URL|REDIS_URL/

function sentence({ path, message }: z.core.$ZodIssue, env: Record<string, string | undefined>) {
  const name = String(path[0])
  if (env[name] === undefined) return `${name} is missing`
  return holdsSecret.test(name) ? `${name} is not valid: ${message}` : `${name} is "${env[name]}": ${message}`
}
