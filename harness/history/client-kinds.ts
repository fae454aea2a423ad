import type { FaultRecord, HistoryEvent, NewEvent } from './operation.ts'

/** Kinds of clients that differ in how they connect, find out that they are cut off, and come back. */
export const clientKinds = ['tab', 'dashboard', 'shopper', 'V2', 'V1', 'long poll'] as const
export type ClientKind = (typeof clientKinds)[number]

interface Client {
  who: string
  node: string
  kind: ClientKind
  /** The owner of its link, which faults of the link name. */
  owner: string
}

/** The event with which a client says what it is; from then on it is there. */
export const clientEvent = ({ who, node, kind, owner }: Client): NewEvent => ({
  who,
  node,
  type: 'read',
  operation: 'client',
  value: { kind, owner },
})

/** Which kinds of clients met which kinds of faults in one scenario: they were there while it held, and it was at their node or link. */
export function pairsMet(events: readonly HistoryEvent[]): ReadonlyMap<string, ReadonlySet<ClientKind>> {
  const clients = events.filter(({ type, operation }) => type === 'read' && operation === 'client')
  const faults = events.filter(({ type }) => type === 'fault').map(({ value }) => value as FaultRecord)
  const met = new Map<string, Set<ClientKind>>()
  for (const fault of faults.filter(({ witnessedOnMs }) => witnessedOnMs !== null))
    for (const { who, node = '', tMs, value } of clients) {
      const { kind, owner } = value as Pick<Client, 'kind' | 'owner'>
      if (tMs > (fault.witnessedOffMs ?? Number.POSITIVE_INFINITY) || !touches(fault, { who, node, owner })) continue
      const kinds = met.get(fault.kind) ?? new Set()
      met.set(fault.kind, kinds.add(kind))
    }
  return met
}

/** Services on which every node depends. */
const everywhere = ['db', 'redis']

/** A fault of a client's own link or tab touches that client; any other touches the clients of its nodes. */
function touches({ target, parts = [target] }: FaultRecord, client: Omit<Client, 'kind'>): boolean {
  return parts.some((part) => {
    const [place = '', to] = part.split('/')[0]!.split('->')
    if (to === undefined) return [client.node, client.who, ...everywhere].includes(place)
    const isOfNode = /^n\d+$/.test(place) || everywhere.includes(place)
    if (!isOfNode) return place === client.owner && to === client.node
    return place === client.node || to === client.node
  })
}
