import type { AppView } from '../app.ts'
import type { FaultRecord } from '../history/operation.ts'
import type { NowJudged } from './judge-now.ts'
import type { LinkTraffic } from './link-traffic.ts'
import type { Rates } from './rates.ts'
import type { OfferedFault } from './targets.ts'

export interface NodeView {
  name: string
  /** Direct, not through a link. */
  url: string
  pid?: number
  /** `ready`, `not ready`, `down`, or `silent` with the reason. */
  state: string
  isReady: boolean
  /** The peers that it sees. */
  sees: string[]
  connections: number
  channels: number
}

export interface ServerView {
  url: string
  state: string
  tookMs?: number
}

/** A fault of this session; times since it was asked for, in ms. */
export interface FaultView {
  id: number
  kind: string
  target: string
  options: Record<string, unknown>
  state: 'asked for' | 'holds' | 'not seen' | 'healing' | 'over' | 'not seen to end'
  agoMs: number
  witnessedAfterMs?: number
  why: string
  /** From the request to heal until its end was seen. */
  endSeenAfterMs?: number
}

export interface SavedView {
  folder: string
  outcome: string
  why: string
  /** The command that does it again. */
  replay: string
  entryCount: number
}

/** All that the page shows, several times a second. */
export interface Snapshot {
  mode: string
  phase: string
  elapsedMs: number
  nodes: NodeView[]
  links: Omit<LinkTraffic, 'atMs'>[]
  database: ServerView
  redis?: ServerView
  rates: Rates
  faults: FaultView[]
  checks: NowJudged[]
  app: AppView
  saved: SavedView[]
}

/** What changes seldom: sent when it does. */
export interface Offer {
  shop: { node: string; url: string; link: string }[]
  faults: OfferedFault[]
}

/** How far a fault has come; its record does not say that it is being healed. Pure. */
export function faultView(fault: FaultRecord, nowMs: number, isHealing: boolean): FaultView {
  const { id, kind, target, options, requestedMs, witnessedOnMs, healRequestedMs, witnessedOffMs, witness } = fault
  return {
    id,
    kind,
    target,
    options,
    state: isHealing && healRequestedMs === null ? 'healing' : stateOf(fault),
    agoMs: nowMs - requestedMs,
    why: healRequestedMs === null ? witness.on : witness.off,
    ...(witnessedOnMs !== null && { witnessedAfterMs: witnessedOnMs - requestedMs }),
    ...(healRequestedMs !== null && witnessedOffMs !== null && { endSeenAfterMs: witnessedOffMs - healRequestedMs }),
  }
}

function stateOf({ witnessedOnMs, healRequestedMs, witnessedOffMs, witness }: FaultRecord): FaultView['state'] {
  if (witnessedOffMs !== null) return 'over'
  if (healRequestedMs !== null) return 'not seen to end'
  if (witnessedOnMs !== null) return 'holds'
  return witness.on === 'not looked for yet' ? 'asked for' : 'not seen'
}
