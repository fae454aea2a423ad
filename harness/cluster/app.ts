import type { Database } from './services/database.ts'

/** What a cluster has to know of an application that runs on its nodes. */
export interface ClusterApp {
  readonly name: string
  /** Settings of every node. */
  readonly env?: Readonly<Record<string, string>>
  /** Makes its tables and seeds in an empty database; the same seed makes the same. */
  setUpDatabase?(url: string, seed: number): Promise<void>
  /** What a running system must offer the harness, so that the harness can use the application there. */
  readonly needs?: readonly Need[]
}

/** `database`: its address; `control`: a control port of every node. */
export type Need = 'database' | 'control'

/** A change to the data that one scenario asks for, made before its nodes start. */
export interface Seed {
  /** As in "the scenario needs ...". */
  what: string
  apply(database: Database): Promise<void>
}

/** The settings that all of these give to every node. */
export const envOfApps = (apps: readonly ClusterApp[]): Record<string, string> =>
  Object.assign({}, ...apps.map(({ env }) => env ?? {}))

/** Fills an empty database for all of these, and writes it to disk. */
export async function setUpDatabase({ url, query }: Database, apps: readonly ClusterApp[], seed: number) {
  for (const app of apps) await app.setUpDatabase?.(url, seed)
  await query('checkpoint')
}
