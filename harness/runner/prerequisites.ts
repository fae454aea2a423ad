import { findBrowser } from '../clients/find-browser.ts'
import { findK6 } from '../clients/find-k6.ts'
import type { DriverName } from '../cluster/drivers.ts'
import { findRedis } from '../cluster/services/redis.ts'
import { findDocker } from '../platform/docker.ts'
import { EnvironmentMissing } from '../platform/errors.ts'
import type { Io } from '../platform/io.ts'
import { duration } from '../reporters/format.ts'
import type { Scenario } from '../scenario.ts'
import { withRunEnvironment } from './run-environment.ts'
import { outFolder, requireBuiltAssets, requireWritable } from './run-folder.ts'
import { requireDisplay } from './run-options.ts'

type Look = (io: Io, out?: string) => string | Promise<string>

/** Without one of these nothing runs. Each returns what it found. Throws EnvironmentMissing, with what to do. */
export const required = {
  browser: ({ env }: Io) => findBrowser(env),
  pages({ root }: Io) {
    requireBuiltAssets(root)
    return 'built'
  },
  reports(io: Io, out?: string) {
    const folder = outFolder(io, out)
    requireWritable(folder)
    return folder
  },
} as const satisfies Record<string, (io: Io, out?: string) => string>

/** What every run starts before its first scenario: looked at by starting it, because a program that exists may not start. */
export async function startEnvironment({ clock }: Io): Promise<string> {
  const startedMs = clock.monotonicMs()
  const start = withRunEnvironment({ seed: 0, headed: false }, ({ browsers }) => browsers.get({ bfcache: false }))
  const { leaks } = await start
  if (leaks.length > 0) throw new EnvironmentMissing(`what was started does not end: ${leaks.join(', ')}`)
  return `a database and a browser start, and end, in ${duration(clock.monotonicMs() - startedMs)}`
}

interface Optional {
  look: Look
  /** What is missing without it, in one sentence. */
  costs(scenarios: readonly Scenario[]): string
}

/** What some options and scenarios need. */
export const optional = {
  redis: {
    look: ({ env }) => findRedis(env),
    costs(scenarios) {
      const left = scenarios.filter(needsRedis).map(({ id }) => id)
      return `--pubsub redis ends with 69, and suites skip ${left.length} of ${scenarios.length} scenarios (${left.join(', ')})`
    },
  },
  containers: {
    async look() {
      const { ServerVersion, OperatingSystem } = await (await findDocker()).api.info()
      return `Docker ${ServerVersion} on ${OperatingSystem}`
    },
    costs: () => '--driver container and --target compose end with 69; everything else runs without Docker',
  },
  k6: {
    async look({ env }) {
      const k6 = await findK6(env)
      return k6.kind === 'program' ? k6.path : `the image ${k6.image}`
    },
    costs: () => './squall load ends with 69, and nights leave the loads out; everything else runs without k6',
  },
  display: {
    look(io) {
      requireDisplay(io)
      return io.env.DISPLAY ?? io.env.WAYLAND_DISPLAY ?? 'there'
    },
    costs: () => '--headed ends with 69; browsers without windows need no display',
  },
} as const satisfies Record<string, Optional>

/** What must be there before anything is started. */
export function checkPrerequisites(out: string | undefined, io: Io) {
  for (const look of Object.values(required)) look(io, out)
}

/** Containers bring their own. */
export function requireRedis(driver: DriverName, io: Io) {
  if (driver === 'process') optional.redis.look(io)
}

const needsRedis = ({ given }: Scenario) => given?.pubsub === 'redis'

/**
 * A suite is about what this machine can show: without redis-server it leaves out the scenarios of Redis, and says so. Whoever asks for
 * one of them by name gets `unknown`.
 */
export function withoutMissingRedis(
  wanted: readonly Scenario[],
  names: readonly string[],
  io: Io,
): readonly Scenario[] {
  const left = wanted.filter((one) => !needsRedis(one) || names.includes(one.id))
  if (left.length === wanted.length || left.length === 0) return wanted
  try {
    optional.redis.look(io)
    return wanted
  } catch (error) {
    const out = wanted.filter((one) => !left.includes(one)).map(({ id }) => id)
    io.err(`squall: skipping ${out.join(', ')}: ${(error as Error).message}\n`)
    return left
  }
}
