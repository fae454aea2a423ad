import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../platform/clock.ts'
import { findDocker, listLabelled, removeLabelled } from '../platform/docker.ts'
import { jsonIn } from '../platform/json.ts'
import { forgetAllKilledPostgres, segmentExists } from '../platform/shared-memory.ts'
import { family, isAlive, signalAll, startStamp } from './processes.ts'

/** A resource that must not outlive the run. */
export type Lease =
  | { kind: 'process'; pid: number; stamp: string | undefined; what: string }
  | { kind: 'folder'; path: string; what: string }
  | { kind: 'port'; port: number; what: string }
  /** A segment of System V shared memory, which outlives the process that created it. */
  | { kind: 'memory'; id: string; what: string }
  /** Containers, networks and images with this label; environment variables may select the engine they are on. */
  | { kind: 'containers'; label: string; dockerHost: string | undefined; what: string }

type Entry =
  | { do: 'hold'; lease: Lease }
  | { do: 'release'; key: string }
  | { do: 'owner'; pid: number; stamp: string | undefined }

export interface Leases {
  holdProcess(pid: number, what: string): void
  releaseProcess(pid: number): void
  holdFolder(path: string, what: string): void
  releaseFolder(path: string): void
  holdPort(port: number, what: string): void
  releasePort(port: number): void
  holdMemory(id: string, what: string): void
  releaseMemory(id: string): void
  holdContainers(label: string): void
  releaseContainers(label: string): void
  list(): Lease[]
  /** Stops the watchdog. Leases that are still held are left to the caller, who has just audited them. */
  close(): Promise<void>
}

/** Leases of one part of a run: forwarded to the run's leases and recorded so that this part can be audited alone. */
export interface ScopedLeases extends Leases {
  own(): Lease[]
  /** Audits this part and releases the ports on which nobody listens any more, because another run may be given them. */
  settle(): Promise<string[]>
}

export function scopeLeases(leases: Leases): ScopedLeases {
  const mine = new Set<string>()
  const own = () => leases.list().filter((lease) => mine.has(keyOf(lease)))
  return {
    ...leases,
    holdProcess(pid, what) {
      mine.add(keyOf({ kind: 'process', pid, stamp: undefined, what }))
      leases.holdProcess(pid, what)
    },
    holdPort(port, what) {
      mine.add(keyOf({ kind: 'port', port, what }))
      leases.holdPort(port, what)
    },
    holdMemory(id, what) {
      mine.add(keyOf({ kind: 'memory', id, what }))
      leases.holdMemory(id, what)
    },
    holdContainers(label) {
      mine.add(`containers ${label}`)
      leases.holdContainers(label)
    },
    own,
    async settle() {
      const leaks = await auditLeaks(own())
      for (const lease of own()) {
        const isGone = !leaks.some((leak) => leak.endsWith(keyOf(lease)))
        if (lease.kind === 'port' && isGone) leases.releasePort(lease.port)
      }
      return leaks
    },
  }
}

const leasesFolder = () => join(tmpdir(), `squall-leases-${process.getuid?.() ?? 'user'}`)

const keyOf = (lease: Lease): string => {
  if (lease.kind === 'process') return `process ${lease.pid}`
  if (lease.kind === 'containers') return `containers ${lease.label}`
  if (lease.kind === 'memory') return `memory ${lease.id}`
  return lease.kind === 'folder' ? `folder ${lease.path}` : `port ${lease.port}`
}

/** Records every resource that a run acquires, and starts the watchdog that releases them when the harness is killed. */
export function openLeases(runId: string): Leases {
  mkdirSync(leasesFolder(), { recursive: true })
  const file = join(leasesFolder(), `${runId}.ndjson`)
  const held = new Map<string, Lease>()
  let isClosed = false
  // A process whose end is noticed after the run must not recreate the file.
  const write = (entry: Entry) => {
    if (!isClosed) appendFileSync(file, `${JSON.stringify(entry)}\n`)
  }
  const hold = (lease: Lease) => {
    held.set(keyOf(lease), lease)
    write({ do: 'hold', lease })
  }
  const release = (key: string) => {
    if (held.delete(key)) write({ do: 'release', key })
  }
  write({ do: 'owner', pid: process.pid, stamp: startStamp(process.pid) })
  const watchdog = startWatchdog(file)

  return {
    holdProcess: (pid, what) => hold({ kind: 'process', pid, stamp: startStamp(pid), what }),
    releaseProcess: (pid) => release(`process ${pid}`),
    holdFolder: (path, what) => hold({ kind: 'folder', path, what }),
    releaseFolder: (path) => release(`folder ${path}`),
    holdPort: (port, what) => hold({ kind: 'port', port, what }),
    releasePort: (port) => release(`port ${port}`),
    holdMemory: (id, what) => hold({ kind: 'memory', id, what }),
    releaseMemory: (id) => release(`memory ${id}`),
    holdContainers: (label) =>
      hold({ kind: 'containers', label, dockerHost: process.env.DOCKER_HOST, what: 'containers' }),
    releaseContainers: (label) => release(`containers ${label}`),
    list: () => [...held.values()],
    async close() {
      isClosed = true
      rmSync(file, { force: true })
      watchdog.ref()
      const gone = new Promise((resolve) => watchdog.once('exit', resolve))
      watchdog.stdin?.end('done\n')
      await gone
    },
  }
}

/** A separate process, so that it survives when the harness is killed. The end of its standard input is the signal. */
function startWatchdog(file: string): ChildProcess {
  const script = fileURLToPath(new URL('./watchdog.ts', import.meta.url))
  const child = spawn(process.execPath, [script, file], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin?.on('error', () => {})
  child.unref()
  return child
}

interface LeaseFile {
  owner: { pid: number; stamp: string | undefined } | undefined
  leases: Lease[]
}

function readLeaseFile(file: string): LeaseFile {
  const held = new Map<string, Lease>()
  let owner: LeaseFile['owner']
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
    const entry = parseEntry(line)
    if (entry?.do === 'owner') owner = entry
    if (entry?.do === 'hold') held.set(keyOf(entry.lease), entry.lease)
    if (entry?.do === 'release') held.delete(entry.key)
  }
  return { owner, leases: [...held.values()] }
}

/** The last line may be truncated when the harness was killed while it wrote it. */
const parseEntry = (line: string) => jsonIn(line) as Entry | undefined

export interface Cleaned {
  killed: string[]
  removed: string[]
}

/** Kills the processes in a lease file with all of their descendants, and removes its containers and folders. */
export async function endLeases(file: string): Promise<Cleaned> {
  const { leases } = readLeaseFile(file)
  const killed: string[] = []
  for (const lease of leases) {
    if (lease.kind !== 'process' || !isAlive(lease.pid, lease.stamp)) continue
    signalAll(family(lease.pid), 'SIGKILL')
    killed.push(`${lease.what} (${lease.pid})`)
  }
  const folders = leases.flatMap((lease) => (lease.kind === 'folder' && existsSync(lease.path) ? [lease.path] : []))
  for (const path of folders) {
    await forgetAllKilledPostgres(path)
    rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
  const contained = await Promise.all(leases.map((lease) => (lease.kind === 'containers' ? endContainers(lease) : [])))
  rmSync(file, { force: true })
  return { killed, removed: [...folders, ...contained.flat()] }
}

async function endContainers({ label, dockerHost }: Extract<Lease, { kind: 'containers' }>): Promise<string[]> {
  if (dockerHost !== undefined) process.env.DOCKER_HOST ??= dockerHost
  const docker = await findDocker()
  const found = await listLabelled(docker, label)
  await removeLabelled(docker, label)
  return found
}

/** Releases what dead runs left behind; leases of running runs are kept. */
export async function cleanLeftovers(): Promise<Cleaned> {
  const all: Cleaned = { killed: [], removed: [] }
  for (const name of existsSync(leasesFolder()) ? readdirSync(leasesFolder()) : []) {
    const file = join(leasesFolder(), name)
    const { owner } = readLeaseFile(file)
    if (owner && isAlive(owner.pid, owner.stamp)) continue
    const { killed, removed } = await endLeases(file)
    all.killed.push(...killed)
    all.removed.push(...removed)
  }
  return all
}

/** Returns a description of each resource that still exists but should not; empty when nothing leaked. */
export async function auditLeaks(leases: readonly Lease[]): Promise<string[]> {
  const leaks = await Promise.all(
    leases.map(async (lease) => ((await isThere(lease)) ? [`${lease.what}: ${keyOf(lease)}`] : [])),
  )
  return leaks.flat()
}

/** Long enough for another program that only probes whether the port is free. */
const secondLookMs = 200

async function isThere(lease: Lease): Promise<boolean> {
  if (lease.kind === 'process') return isAlive(lease.pid, lease.stamp)
  if (lease.kind === 'folder') return existsSync(lease.path)
  if (lease.kind === 'memory') return segmentExists(lease.id)
  if (lease.kind === 'containers') return (await listLabelled(await findDocker(), lease.label)).length > 0
  if (!(await answers(lease.port))) return false
  await systemClock.sleep(secondLookMs)
  return answers(lease.port)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const finish = (there: boolean) => {
      socket.destroy()
      resolve(there)
    }
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}
