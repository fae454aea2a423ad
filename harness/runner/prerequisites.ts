import { findBrowser } from '../clients/find-browser.ts'
import type { DriverName } from '../cluster/drivers.ts'
import { findRedis } from '../cluster/services/redis.ts'
import type { Io } from '../platform/io.ts'
import type { Scenario } from '../scenario.ts'
import { outFolder, requireBuiltAssets, requireWritable } from './run-folder.ts'

/** What must be there before anything is started. */
export function checkPrerequisites(out: string | undefined, io: Io) {
  requireBuiltAssets(io.root)
  findBrowser(io.env)
  requireWritable(outFolder(io, out))
}

/** Containers bring their own. */
export function requireRedis(driver: DriverName, io: Io) {
  if (driver === 'process') findRedis(io.env)
}

/**
 * A suite is about what this machine can show: without redis-server it leaves out the scenarios of Redis, and says so. Whoever asks for
 * one of them by name gets `unknown`.
 */
export function withoutMissingRedis(
  wanted: readonly Scenario[],
  names: readonly string[],
  io: Io,
): readonly Scenario[] {
  const left = wanted.filter(({ id, given }) => given?.pubsub !== 'redis' || names.includes(id))
  if (left.length === wanted.length || left.length === 0) return wanted
  try {
    findRedis(io.env)
    return wanted
  } catch (error) {
    const out = wanted.filter((one) => !left.includes(one)).map(({ id }) => id)
    io.err(`squall: skipping ${out.join(', ')}: ${(error as Error).message}\n`)
    return left
  }
}
