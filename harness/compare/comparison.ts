import type { PubSubName } from '../cluster/cluster.ts'
import type { SystemPatch } from '../cluster/system-patch.ts'
import type { Version } from '../load/messages.ts'
import type { Address, StageOptions } from '../load/worker-messages.ts'

/** One of the two systems that are compared: how it is started, and how it is spoken to. */
export interface Arm {
  name: string
  nodes: number
  pubsub: PubSubName
  /** Environment variables of every node. */
  env: Readonly<Record<string, string>>
  version: Version
  event: string
  /** In place of those of the traffic. */
  payloads?: readonly object[]
  /** Default: the unmodified system. */
  patch?: SystemPatch
  /** A system that somebody else has started: it is not started anew for each run. */
  addresses?: readonly Address[]
  /** Default: those of the application for measurements. */
  socketPath?: string
  topic?: string
}

/** What the generator does with either arm. */
export interface Traffic {
  mode: StageOptions['mode']
  connections: number
  payloads: readonly object[]
  /** Where the search for the capacity begins and ends, in messages sent per second. */
  startPerS: number
  mostPerS: number
}

/** A question with two arms. The verdict is about the second: `slower` means that the second takes longer than the first. */
export interface Comparison {
  id: string
  title: string
  first: Arm
  second: Arm
  traffic: Traffic
  /** What a reader could expect of it and must not. */
  notTested: readonly string[]
}

/** Which run of a block: the control is the first arm once more. */
export type Role = 'first' | 'second' | 'control'
export const roles: readonly Role[] = ['first', 'second', 'control']

export const armOf = ({ first, second }: Comparison, role: Role): Arm => (role === 'second' ? second : first)
