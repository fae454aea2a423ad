import { isBackground } from '../../history/background.ts'
import type { History } from '../../history/history.ts'
import type { HistoryEvent } from '../../history/operation.ts'
import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'

/** A time in which a client was connected to a node, or joined to a topic there. */
interface Stay {
  node: string
  fromMs: number
  toMs: number
}

/** A sample and a join that are nearer to each other than this say nothing of each other. */
const marginMs = 1_000
/** A node and a client may learn of a broken connection at different times. */
const afterFaultMs = 10_000

const gauges = { sockets_connected: 'connections', channels_connected: 'joined topics' } as const
type Gauge = keyof typeof gauges

const samplesOf = (history: History) =>
  history
    .of('metric')
    .filter(({ operation, tMs }) => operation !== undefined && operation in gauges && !isNearFault(history, tMs))

/** A node reports at least the clients of the background that are known to be there (PM-1). */
export const gaugesCountClients: Checker = {
  name: 'gauges-count-clients',
  invariant:
    'a node reports at least as many sockets and channels as clients of the background have there at that time',
  needs: (history) => samplesOf(history).length > 0,
  check(history) {
    const samples = samplesOf(history)
    if (samples.length === 0) return unknown('no node reported how many clients it has while nothing was broken')
    const stays = { sockets_connected: connectionsOf(history), channels_connected: joinsOf(history) }
    for (const { who, operation, value, tMs } of samples) {
      const gauge = operation as Gauge
      const there = stays[gauge].filter((stay) => stay.node === who && covers(stay, tMs)).length
      const reported = (value as { value: number }).value
      if (reported < there)
        return violated(`${who} reported ${gauge} ${reported} while the background alone had ${there} ${gauges[gauge]}`)
    }
    return passed(`${count(samples.length, 'sample')} count everybody who was there`)
  },
}

const covers = ({ fromMs, toMs }: Stay, atMs: number) => fromMs <= atMs - marginMs && toMs >= atMs + marginMs

const isNearFault = ({ faults, endMs }: History, atMs: number) =>
  faults.some(
    ({ requestedMs, witnessedOffMs }) =>
      requestedMs - marginMs < atMs && atMs < (witnessedOffMs ?? endMs) + afterFaultMs,
  )

const connectionsOf = (history: History) => staysOf(history, ['connect'], ['disconnect'], () => '')

const joinsOf = (history: History) => staysOf(history, ['join'], ['leave', 'disconnect'], ({ topic }) => topic ?? '')

function staysOf(
  { events, endMs }: History,
  begins: readonly HistoryEvent['type'][],
  ends: readonly HistoryEvent['type'][],
  partOf: (event: HistoryEvent) => string,
): Stay[] {
  const stays: Stay[] = []
  /** Who -> part -> the stay that goes on. */
  const open = new Map<string, Map<string, Stay>>()
  for (const event of events) {
    if (!isBackground(event.who)) continue
    const own = open.get(event.who) ?? new Map<string, Stay>()
    open.set(event.who, own)
    if (ends.includes(event.type)) end(own, event)
    else if (begins.includes(event.type) && event.node !== undefined) begin(own, event)
  }
  return stays

  function begin(own: Map<string, Stay>, event: HistoryEvent) {
    const stay = { node: event.node!, fromMs: event.tMs, toMs: endMs }
    own.set(partOf(event), stay)
    stays.push(stay)
  }

  /** A disconnect ends everything of that client. */
  function end(own: Map<string, Stay>, event: HistoryEvent) {
    for (const [part, stay] of own) {
      if (event.type !== 'disconnect' && part !== partOf(event)) continue
      stay.toMs = event.tMs
      own.delete(part)
    }
  }
}
