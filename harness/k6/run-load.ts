import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { K6 } from '../clients/find-k6.ts'
import type { Target } from '../cluster/remote/target.ts'
import { type Leases, openLeases } from '../leases/leases.ts'
import type { Clock } from '../platform/clock.ts'
import { EnvironmentMissing } from '../platform/errors.ts'
import type { Interruption, StopSignal } from '../platform/interruption.ts'
import { withCluster } from '../runner/temporary-cluster.ts'
import { type Load, seedsFor } from './loads.ts'
import { type K6End, runK6 } from './run-k6.ts'
import type { Measured, Threshold } from './summary.ts'

export interface LoadOptions {
  load: Load
  users: number
  k6: K6
  seed: number
  /** A running system in place of a cluster of its own. */
  target?: Target
  env: Record<string, string | undefined>
  clock: Clock
  interruption: Interruption
  say(sentence: string): void
}

/** How a load ended; `unknown`: nothing was judged, and `why` says why. */
export interface LoadResult {
  load: string
  users: number
  outcome: 'passed' | 'violated' | 'unknown'
  why?: string
  tookMs: number
  thresholds: Threshold[]
  metrics: Measured
}

/** For what runs beside the nodes. */
interface Beside {
  leases: Leases
  /** Is removed in the end. */
  workFolder: string
}

/** Where the load goes. */
interface Place {
  urls: readonly string[]
  control?: { url: string; secret: string }
  scriptEnv: Readonly<Record<string, string>>
}

/** Runs one load to its end, on a cluster of its own or on a running system; returns the signal when it was stopped. */
export async function runLoad(options: LoadOptions): Promise<LoadResult | StopSignal> {
  const { load, users, clock, interruption } = options
  const drive = async (place: Place, beside: Beside): Promise<LoadResult | StopSignal> => {
    // Asked for while the cluster started.
    const stopped = interruption.by()
    if (stopped) return stopped
    const startedMs = clock.monotonicMs()
    const end = await runK6(k6OptionsFor(options, place, beside))
    if (end.kind === 'stopped') return end.signal
    return { load: load.name, users, tookMs: Math.round(clock.monotonicMs() - startedMs), ...judgementOf(end) }
  }
  return options.target ? onTarget(options.target, options, drive) : onCluster(options, drive)
}

type Drive = (place: Place, beside: Beside) => Promise<LoadResult | StopSignal>

function k6OptionsFor({ load, users, ...options }: LoadOptions, place: Place, { leases, workFolder }: Beside) {
  const { k6, env, clock, interruption, say } = options
  const out = join(workFolder, 'k6')
  mkdirSync(out)
  // The user of a container is somebody else.
  chmodSync(out, 0o777)
  say(`${users} users of ${load.script} on ${place.urls.join(', ')}`)
  const scriptEnv = {
    URLS: place.urls.join(','),
    USERS: String(users),
    ...(place.control && { CONTROL_URL: place.control.url, CONTROL_SECRET: place.control.secret }),
    ...place.scriptEnv,
  }
  return { k6, script: load.script, folder: out, scriptEnv, env, leases, clock, interruption }
}

function onCluster({ load, users, seed, say }: LoadOptions, drive: Drive) {
  const { nodes, nodeEnv: env = {} } = load
  say(`starting a database and ${nodes} ${nodes === 1 ? 'node' : 'nodes'} ...`)
  return withCluster({ seed, nodes, seeds: seedsFor(load, users), env }, (cluster, environment) => {
    const { secrets } = cluster
    const urls = cluster.nodes.map(({ directUrl }) => directUrl)
    const control = secrets && {
      url: `http://127.0.0.1:${cluster.nodes[0]!.controlPort}`,
      secret: secrets.control,
    }
    return drive({ urls, scriptEnv: load.scriptEnv?.(users) ?? {}, ...(control && { control }) }, environment)
  })
}

async function onTarget({ nodes }: Target, { clock }: LoadOptions, drive: Drive) {
  const urls = nodes.map(({ url }) => url.replace(/\/$/, ''))
  await Promise.all(urls.map(requireAnswer))
  const control = nodes.find((node) => node.control)?.control
  const leases = openLeases(`load-${process.pid}-${clock.now()}`)
  const workFolder = mkdtempSync(join(tmpdir(), 'squall-load-'))
  leases.holdFolder(workFolder, 'working folder')
  try {
    return await drive({ urls, scriptEnv: {}, ...(control && { control }) }, { leases, workFolder })
  } finally {
    rmSync(workFolder, { recursive: true, force: true })
    leases.releaseFolder(workFolder)
    await leases.close()
  }
}

const answerWithinMs = 3_000

async function requireAnswer(url: string) {
  await fetch(url, { signal: AbortSignal.timeout(answerWithinMs) }).catch(() => {
    throw new EnvironmentMissing(
      `the target's ${url} does not answer; start it, or correct its address in the file of --target`,
    )
  })
}

/** Crossing one threshold is a violation; without any, nothing is said. Pure. */
export function judgementOf(
  end: Exclude<K6End, { kind: 'stopped' }>,
): Pick<LoadResult, 'outcome' | 'why' | 'thresholds' | 'metrics'> {
  if (end.kind === 'failed')
    return { outcome: 'unknown', why: `the script failed: ${end.why}`, thresholds: [], metrics: {} }
  const { thresholds } = end.summary
  if (thresholds.length === 0) return { outcome: 'unknown', why: 'the script has no thresholds', ...end.summary }
  return { outcome: thresholds.every(({ isKept }) => isKept) ? 'passed' : 'violated', ...end.summary }
}
