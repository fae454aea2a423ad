/** What a client of a live page has after some frames, and how much of a frame it had already. Pure. */
export interface Tally {
  /** Of texts that the client did not have in that place. */
  newBytes: number
  /** Of texts that it had there. */
  resentBytes: number
}

type Node = Readonly<Record<string, unknown>>

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)
const sizeOf = (value: unknown) => JSON.stringify(value).length

/** Takes a frame into what the client has, which is not changed. Statics are numbered anew in each frame, so they are held as texts. */
export function takeFrame(known: Node | undefined, frame: Node): { known: Node; tally: Tally } {
  const tally: Tally = { newBytes: 0, resentBytes: 0 }
  const { c, p, e: _events, r: _reply, t: _title, ...root } = frame
  const components = isNode(c) ? takeComponents(isNode(known?.c) ? known.c : {}, c, tally) : known?.c
  const tree = take(known, root, templatesIn(p), tally) as Node
  return { known: { ...tree, ...(components !== undefined && { c: components }) }, tally }
}

const templatesIn = (p: unknown): Node => (isNode(p) ? p : {})

function takeComponents(known: Node, changes: Node, tally: Tally): Node {
  const after: Record<string, unknown> = { ...known }
  for (const [cid, change] of Object.entries(changes)) {
    const twin = isNode(change) && typeof change.s === 'number' ? after[Math.abs(change.s)] : undefined
    // A component that shares the statics of another one is told by what differs from it.
    const { s: _shared, ...differences } = change as Node
    after[cid] = twin ? take(twin, differences, {}, tally) : take(known[cid], change, {}, tally)
  }
  return after
}

function take(before: unknown, change: unknown, templates: Node, tally: Tally): unknown {
  if (!isNode(change)) return takeText(before, change, tally)
  const own = { ...templates, ...templatesIn(change.p) }
  const statics = typeof change.s === 'number' ? own[change.s] : change.s
  const base = isNode(before) && isSameTemplate(before, statics) ? before : undefined
  const after: Record<string, unknown> = { ...base }
  if (statics !== undefined) after.s = takeText(base?.s, statics, tally)
  if (isNode(change.k)) after.k = takeEntries(isNode(base?.k) ? base.k : {}, change.k, own, tally)
  for (const [key, value] of Object.entries(change))
    if (/^\d+$/.test(key)) after[key] = take(base?.[key], value, own, tally)
  return after
}

/** Without statics it is a change of what is there. */
const isSameTemplate = (before: Node, statics: unknown) =>
  statics === undefined || JSON.stringify(before.s) === JSON.stringify(statics)

function takeText(before: unknown, text: unknown, tally: Tally): unknown {
  const isKnown = JSON.stringify(before) === JSON.stringify(text)
  tally[isKnown ? 'resentBytes' : 'newBytes'] += sizeOf(text)
  return text
}

/** An entry of a list comes from its own place, or from the one that it names. */
function takeEntries(before: Node, changes: Node, templates: Node, tally: Tally): Node {
  const entryCount = Number(changes.kc)
  const after: Record<string, unknown> = { kc: entryCount }
  for (let index = 0; index < entryCount; index += 1) {
    const change = changes[index]
    const [from, differences] = Array.isArray(change) ? (change as [number, unknown]) : [index, change]
    if (typeof change === 'number') after[index] = before[change]
    else after[index] = change === undefined ? before[index] : take(before[from], differences, templates, tally)
  }
  return after
}
