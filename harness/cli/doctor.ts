import { cpus, platform, release, tmpdir, totalmem } from 'node:os'
import { findBrowser } from '../clients/find-browser.ts'
import { findPostgres } from '../cluster/services/postgres.ts'
import { findRedis } from '../cluster/services/redis.ts'
import { findDocker } from '../platform/docker.ts'
import { EnvironmentMissing } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import type { Io } from '../platform/io.ts'
import { freePort } from '../platform/ports.ts'
import { outFolder, requireBuiltAssets, requireWritable } from '../runner/run-folder.ts'
import type { Command } from './command.ts'
import { flags } from './options.ts'

type Probe = (io: Io) => string | Promise<string>

/** What a run needs; each answers what it found, or throws the sentence that says what to do. */
const probes: Record<string, Probe> = {
  node: () => `${process.version}`,
  machine: () => `${platform()} ${release()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  browser: ({ env }) => findBrowser(env),
  database: async () => (await findPostgres(tmpdir())).postgres,
  redis: ({ env }) => {
    try {
      return findRedis(env)
    } catch {
      return 'no redis-server; only --pubsub redis needs it'
    }
  },
  containers: async () => {
    try {
      const { ServerVersion, OperatingSystem } = await (await findDocker()).api.info()
      return `Docker ${ServerVersion} on ${OperatingSystem}`
    } catch {
      return 'no Docker engine; only --driver container needs it'
    }
  },
  pages: ({ root }) => {
    requireBuiltAssets(root)
    return 'built'
  },
  reports: (io) => {
    requireWritable(outFolder(io))
    return outFolder(io)
  },
  ports: async () => `loopback, such as ${await freePort()}`,
  links: () => 'embedded proxy; no root and no Docker needed',
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'check what this machine supports and what is missing',
  options: [flags.json],
  async run(_names, { json }: { json?: boolean }, io) {
    const found = await Promise.all(Object.entries(probes).map(([name, probe]) => look(name, probe, io)))
    const ok = found.every((one) => one.ok)
    if (json) io.out(`${JSON.stringify({ ok, probes: found }, null, 2)}\n`)
    else for (const { name, ok: fine, what } of found) io.out(`${fine ? '✓' : '✗'} ${name.padEnd(10)} ${what}\n`)
    return ok ? exitCodes.passed : exitCodes.environment
  },
}

async function look(name: string, probe: Probe, io: Io) {
  try {
    return { name, ok: true, what: await probe(io) }
  } catch (error) {
    if (error instanceof EnvironmentMissing) return { name, ok: false, what: error.message }
    return { name, ok: false, what: `cannot be probed: ${(error as Error).message}` }
  }
}
