import type { MessagePort } from 'node:worker_threads'

/** How many lists there are, and how each is called (RT-27). */
export const listCount = 100
export const listName = (index: number): string => `list ${(index % listCount) + 1}`
/** What a lookup finds for it. */
export const serverOf = (index: number): number => (index % listCount) + 1

/** What a thread is started as. */
export type ThreadRole =
  /** Holds the lists; whoever has a port to it asks by a message. */
  | { is: 'actor'; ports: MessagePort[] }
  /** Runs clients, which ask the actor by the port or look into the table. */
  | { is: 'clients'; actor: MessagePort; table: SharedArrayBuffer }

/** How many clients there are, and how many lookups each does, one after the other. */
export interface ThreadLoad {
  way: 'actor' | 'table'
  clients: number
  operations: number
}

export interface ThreadResult {
  /** Lookups that found another server than that of the list. */
  wrong: number
  /** Of this thread. */
  cpuMs: number
}

export interface Lookup {
  client: number
  name: string
}

export interface Found {
  client: number
  server: number | undefined
}
