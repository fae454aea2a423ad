import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { HarnessApp } from '../app.ts'
import { apps as allApps } from '../apps/index.ts'
import { type BrowserPool, createBrowserPool } from '../clients/browser.ts'
import type { ClusterFactory } from '../cluster/driver.ts'
import { type DriverName, drivers } from '../cluster/drivers.ts'
import { auditLeaks, type Leases, openLeases } from '../leases/leases.ts'
import { EnvironmentMissing } from '../platform/errors.ts'

/** What many scenarios share, and many runs may: a folder for their data, browsers, a seeded database to copy. */
export interface RunEnvironment {
  readonly workFolder: string
  readonly leases: Leases
  readonly browsers: BrowserPool
  readonly clusters: ClusterFactory
  readonly driver: DriverName
  /** The applications of every cluster. */
  readonly apps: readonly HarnessApp[]
  /** Ends and removes all of it; returns what is left all the same. */
  close(): Promise<string[]>
}

interface RunEnvironmentOptions {
  seed: number
  headed: boolean
  /** Default: process. */
  driver?: DriverName
  /** The file that describes a running system, for the driver `remote`. */
  target?: string
  /** Default: all that there are. */
  apps?: readonly HarnessApp[]
}

/** Opens them. While they are open every temporary file of this process goes into their folder. */
export async function openRunEnvironment({
  seed,
  headed,
  driver = 'process',
  target,
  apps = Object.values(allApps),
}: RunEnvironmentOptions): Promise<RunEnvironment> {
  const workFolder = makeTemporaryFolder()
  const leases = openLeases(basename(workFolder))
  leases.holdFolder(workFolder, 'working folder')
  // PostgreSQL may run as another account, which must be able to reach its data.
  chmodSync(workFolder, 0o755)
  const oldTmp = process.env.TMPDIR
  process.env.TMPDIR = workFolder
  const browsers = createBrowserPool({ leases, headed })

  let clusters: ClusterFactory | undefined

  async function close() {
    await clusters?.close()
    await browsers.close()
    if (oldTmp === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = oldTmp
    rmSync(workFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    const leaks = await auditLeaks(leases.list())
    await leases.close()
    return leaks
  }

  try {
    clusters = await drivers[driver]({ folder: workFolder, seed, leases, apps, ...(target && { target }) })
    return { workFolder, leases, browsers, clusters, driver, apps, close }
  } catch (error) {
    await close()
    throw error
  }
}

function makeTemporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'squall-'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new EnvironmentMissing(
      `cannot make files in the temporary folder ${tmpdir()} (${code}); set TMPDIR to another`,
    )
  }
}

/** Opens an environment for some work and closes them, however it went; returns also what is left all the same. */
export async function withRunEnvironment<T>(
  options: RunEnvironmentOptions,
  work: (environment: RunEnvironment) => Promise<T>,
) {
  const environment = await openRunEnvironment(options)
  let leaks: string[] = []
  let done: T
  try {
    done = await work(environment)
  } finally {
    leaks = await environment.close()
  }
  return { done, leaks }
}
