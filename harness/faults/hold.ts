import type { Cluster } from '../cluster/cluster.ts'
import type { FaultRecord } from '../history/operation.ts'
import type { Recorder } from '../history/recorder.ts'
import { NotSupported } from '../platform/errors.ts'
import { until } from '../platform/until.ts'

/** A point of an operation, as bytes that pass a link: what is held there is neither lost nor delivered. */
export interface HoldPoint {
  from: string
  to: string
  /** `upstream`: what `from` sends; `downstream`: what it is answered. */
  stream: 'upstream' | 'downstream'
  /** What the bytes contain. */
  text: string
}

export interface Hold {
  /** Resolves when something is held; rejects when nothing is in time. */
  reached(withinMs: number): Promise<unknown>
  /** What is held goes on, unless its connection has ended. */
  release(): Promise<void>
}

interface HoldContext {
  cluster: Pick<Cluster, 'links'>
  recorder: Pick<Recorder, 'record'>
}

const askEveryMs = 10
/** Above the numbers of the faults that the nemesis injects. */
let lastId = 1_000_000

/** Throws NotSupported where nothing can be held. */
export function requireHolds({ countsAtOnce }: Pick<Cluster['links'], 'countsAtOnce'>) {
  if (!countsAtOnce) throw new NotSupported('to hold an operation at a point needs the embedded proxy')
}

/**
 * From now on the first bytes with this text stop on the link. From when something is held until it is released it is a fault of the
 * history, `link.hold`, whose witness is the proxy's count of what it has not passed on. Throws NotSupported without the embedded proxy.
 */
export async function holdAt({ cluster: { links }, recorder }: HoldContext, point: HoldPoint): Promise<Hold> {
  requireHolds(links)
  const { from, to, stream, text } = point
  const link = await links.link(from, to)
  const beforeBytes = await links.keptBytes(link.name, stream)
  lastId += 1
  const name = `hold-${lastId}`
  const note = (operation: string) => recorder.record({ who: 'nemesis', type: 'read', operation, value: point }).tMs
  const record = (fault: FaultRecord) => void recorder.record({ who: 'nemesis', type: 'fault', value: fault })
  let active: FaultRecord | undefined = recordOf(lastId, point, note('hold armed'))
  let isHeld = false
  await link.addToxic({ name, type: 'hold', stream, attributes: { text } })
  const look = async () => (await links.keptBytes(link.name, stream)) - beforeBytes >= text.length
  return {
    async reached(withinMs) {
      await until(look, { what: `"${text}" is on ${link.name}`, withinMs, everyMs: askEveryMs })
      isHeld = true
      active = { ...active!, witnessedOnMs: note('held'), witness: { on: 'the proxy has not passed it on', off: '' } }
      record(active)
    },
    async release() {
      await link.removeToxic(name)
      const atMs = note('released')
      if (active && isHeld) {
        const witness = { ...active.witness, off: 'the proxy holds nothing back' }
        record({ ...active, healRequestedMs: atMs, witnessedOffMs: atMs, witness })
      }
      active = undefined
    },
  }
}

const recordOf = (id: number, { from, to, stream, text }: HoldPoint, requestedMs: number): FaultRecord => ({
  id,
  kind: 'link.hold',
  target: `${from}->${to}`,
  options: { stream, text },
  explains: { at: 'link' },
  endsConnections: true,
  requestedMs,
  witnessedOnMs: null,
  healRequestedMs: null,
  witnessedOffMs: null,
  witness: { on: 'not looked for yet', off: 'not released yet' },
})
