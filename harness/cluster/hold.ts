import { NotSupported } from '../platform/errors.ts'
import { until } from '../platform/until.ts'
import type { Links } from './links.ts'

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

const askEveryMs = 10
let lastId = 0

/** From now on the first bytes with this text stop on the link. Throws NotSupported without the embedded proxy. */
export async function holdAt(links: Links, { from, to, stream, text }: HoldPoint): Promise<Hold> {
  if (!links.countsAtOnce) throw new NotSupported('to hold an operation at a point needs the embedded proxy')
  const link = await links.link(from, to)
  const beforeBytes = await links.keptBytes(link.name, stream)
  lastId += 1
  const name = `hold-${lastId}`
  await link.addToxic({ name, type: 'hold', stream, attributes: { text } })
  const isHeld = async () => (await links.keptBytes(link.name, stream)) - beforeBytes >= text.length
  return {
    reached: (withinMs) => until(isHeld, { what: `"${text}" is on ${link.name}`, withinMs, everyMs: askEveryMs }),
    release: () => link.removeToxic(name),
  }
}
