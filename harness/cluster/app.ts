import type { Database } from './services/database.ts'

/** What a cluster needs to know about an application that runs on its nodes. */
export interface ClusterApp {
  readonly name: string
  /** Environment variables of every node. */
  readonly env?: Readonly<Record<string, string>>
  /** A variable of its own that gets the address of the database, beside DATABASE_URL. */
  readonly databaseVariable?: string
  /** A variable that gets a folder for the files that it keeps, each node's own. */
  readonly folderVariable?: string
  /** Creates the application's tables and seed data in an empty database; deterministic for a given seed. */
  setUpDatabase?(url: string, seed: number): Promise<void>
  /** What a running system must provide so that the harness can use the application there. */
  readonly needs?: readonly Need[]
}

/** `database`: its address; `control`: a control port on every node. */
export type Need = 'database' | 'control'

/** A change to the data that one scenario requests, made before its nodes start. */
export interface Seed {
  /** Completes the sentence "the scenario needs ...". */
  what: string
  apply(database: Database): Promise<void>
}

/** Returns the environment variables that these applications set on every node. */
export const envOfApps = (apps: readonly ClusterApp[]): Record<string, string> =>
  Object.assign({}, ...apps.map(({ env }) => env ?? {}))

/** Returns the variables in which these applications expect the address of the database. */
export const databaseEnvOf = (apps: readonly ClusterApp[], url: string): Record<string, string> =>
  Object.fromEntries(apps.flatMap(({ databaseVariable }) => (databaseVariable ? [[databaseVariable, url]] : [])))

/** Returns the variables in which these applications expect a folder; none where the nodes have file systems of their own. */
export const folderEnvOf = (apps: readonly ClusterApp[], folder: string | undefined): Record<string, string> =>
  Object.fromEntries(
    apps.flatMap(({ folderVariable }) => (folderVariable && folder !== undefined ? [[folderVariable, folder]] : [])),
  )

/** Sets up an empty database for these applications and flushes it to disk. */
export async function setUpDatabase({ url, query }: Database, apps: readonly ClusterApp[], seed: number) {
  for (const app of apps) await app.setUpDatabase?.(url, seed)
  await query('checkpoint')
}
