import { List, Nested, type Slot, Stream, type StreamNews, Tree } from './tree.ts'
import type { Key, Template } from './value.ts'

/** A tree, or a change of one, as the client reads it. */
export type Wire = Record<string, unknown>

/** A component in a frame. */
export interface ComponentChange {
  readonly cid: number
  readonly before: Tree | undefined
  readonly after: Tree
  /** The client may have forgotten it: everything is sent. */
  readonly isWhole: boolean
}

/** Components of which the client has the trees, as they were before the frame. */
export type KnownComponents = Iterable<readonly [cid: number, tree: Tree]>

/**
 * What a client that has `before` needs to have `after`: the slots that differ, statics only where they are new to it. Without
 * `before` everything. Components stand under `c`, statics that are used in the tree under `p`.
 */
export function diffFrame(
  before: Tree | undefined,
  after: Tree,
  components: readonly ComponentChange[],
  known: KnownComponents = [],
): Wire {
  const shared = new SharedStatics({ marksRoots: true })
  const root = before ? (change(before, after, shared) as Wire | undefined) : wholeTree(after, shared)
  return { ...root, ...shared.toWire(), ...componentChanges(components, known) }
}

/** The statics of one frame: each template once, referred to by its number. */
class SharedStatics {
  readonly marksRoots: boolean
  private readonly numbers = new Map<Template, number>()

  constructor({ marksRoots }: { marksRoots: boolean }) {
    this.marksRoots = marksRoots
  }

  numberOf(template: Template): number {
    const known = this.numbers.get(template)
    if (known !== undefined) return known
    this.numbers.set(template, this.numbers.size)
    return this.numbers.size - 1
  }

  toWire(): Wire {
    if (this.numbers.size === 0) return {}
    return { p: Object.fromEntries([...this.numbers].map(([{ statics }, number]) => [number, statics])) }
  }
}

/**
 * Inside of components statics are literal: a number there would be another component. Roots are not marked there: a client that shows
 * a component again would later skip roots that it never put into the document.
 */
type Statics = SharedStatics | undefined

const staticsOf = (template: Template, shared: Statics) => shared?.numberOf(template) ?? template.statics

/** Everything of a slot, for a client that has nothing of it. */
function whole(slot: Slot, shared: Statics): unknown {
  if (typeof slot === 'string' || typeof slot === 'number') return slot
  if (slot instanceof Nested) return slot.html
  if (slot instanceof List) return wholeList(slot, shared)
  return slot instanceof Stream ? wholeStream(slot, shared) : wholeTree(slot, shared)
}

function wholeTree(tree: Tree, shared: Statics): Wire {
  const slots = wholeSlots(tree, shared)
  return {
    ...slots,
    s: staticsOf(tree.template, shared),
    ...(shared?.marksRoots && tree.template.isOneTag && { r: 1 }),
  }
}

const wholeSlots = ({ slots }: Tree, shared: Statics): Wire =>
  Object.fromEntries(slots.map((slot, index) => [index, whole(slot, shared)]))

function wholeList({ template, entries }: List, shared: Statics): Wire {
  return withEntries(shared, (own) => ({ k: wholeEntries(entries, own), s: staticsOf(template, shared) }))
}

function wholeStream({ template, ref, news }: Stream, shared: Statics): Wire {
  return withEntries(shared, (own) => ({
    k: wholeEntries(news?.entries ?? [], own),
    s: staticsOf(template, shared),
    stream: streamWire(ref, news),
  }))
}

/** Entries share the statics of what is in them, also where the tree around them cannot. */
function withEntries(shared: Statics, build: (own: SharedStatics) => Wire): Wire {
  if (shared) return build(shared)
  const own = new SharedStatics({ marksRoots: false })
  return { ...build(own), ...own.toWire() }
}

const wholeEntries = (entries: readonly Tree[], shared: SharedStatics): Wire => ({
  ...Object.fromEntries(entries.map((entry, index) => [index, wholeSlots(entry, shared)])),
  kc: entries.length,
})

function streamWire(ref: string, news: StreamNews | undefined): unknown[] {
  const inserts = (news?.inserts ?? []).map(({ domId, at, limit, updateOnly }) => [domId, at, limit, updateOnly])
  return [ref, inserts.reverse(), news?.deletes ?? [], ...(news?.isReset ? [true] : [])]
}

/** What a client that has one slot needs to have the other; undefined when there is nothing to say. */
function change(before: Slot, after: Slot, shared: Statics): unknown {
  if (before === after) return undefined
  if (after instanceof Tree && before instanceof Tree && before.template === after.template)
    return treeChange(before, after, shared)
  if (after instanceof List && before instanceof List && before.template === after.template)
    return listChange(before, after, shared)
  if (after instanceof Stream && before instanceof Stream && isSameStream(before, after))
    return streamChange(after, shared)
  if (after instanceof Nested && before instanceof Nested && before.html === after.html) return undefined
  return whole(after, shared)
}

const isSameStream = (one: Stream, other: Stream) => one.ref === other.ref && one.template === other.template

function treeChange(before: Tree, after: Tree, shared: Statics): Wire | undefined {
  let wire: Wire | undefined
  after.slots.forEach((slot, index) => {
    const changed = change(before.slots[index]!, slot, shared)
    if (changed === undefined) return
    wire ??= {}
    wire[index] = changed
  })
  return wire
}

function listChange(before: List, after: List, shared: Statics): Wire | undefined {
  const wire = withEntries(shared, (own) => ({ k: entryChanges(before, after, own) }))
  const hasChanges = Object.keys(wire.k as Wire).length > 1 || before.entries.length !== after.entries.length
  return hasChanges ? wire : undefined
}

/** Entries by the place that they have now; those that come from another place name it. All places are of the list before. */
function entryChanges(before: List, after: List, shared: SharedStatics): Wire {
  const placeBefore = placesOf(before)
  const wire: Wire = {}
  let hasMoved = false
  for (const [index, entry] of after.entries.entries()) {
    const from = placeBefore(after.keyAt(index))
    const changed = from === undefined ? wholeSlots(entry, shared) : entryChange(before.entries[from]!, entry, shared)
    const isMoved = from !== undefined && from !== index
    hasMoved ||= isMoved
    if (isMoved) wire[index] = changed === undefined ? from : [from, changed]
    else if (changed !== undefined) wire[index] = changed
  }
  return { ...wire, kc: after.entries.length, ...(hasMoved && { km: true }) }
}

const entryChange = (before: Tree, after: Tree, shared: Statics) =>
  before === after ? undefined : treeChange(before, after, shared)

function placesOf(list: List): (key: Key) => number | undefined {
  if (!list.keys) return (key) => (typeof key === 'number' && key < list.entries.length ? key : undefined)
  const places = new Map(list.keys.map((key, index) => [key, index]))
  return (key) => places.get(key)
}

function streamChange({ ref, news }: Stream, shared: Statics): Wire | undefined {
  if (!news) return undefined
  return withEntries(shared, (own) => ({ k: wholeEntries(news.entries, own), stream: streamWire(ref, news) }))
}

function componentChanges(components: readonly ComponentChange[], known: KnownComponents): Wire {
  const isFresh = ({ before, isWhole }: ComponentChange) => !before || isWhole
  const fresh: ComponentChange[] = []
  const wires = components.map((one) => {
    if (!isFresh(one)) return [one.cid, componentChange(one.before!, one.after)] as const
    const wire = freshComponent(one, fresh, known)
    fresh.push(one)
    return [one.cid, wire] as const
  })
  const changed = wires.filter(([, wire]) => wire !== undefined)
  return changed.length === 0 ? {} : { c: Object.fromEntries(changed) }
}

const componentChange = (before: Tree, after: Tree) =>
  before.template === after.template ? treeChange(before, after, undefined) : wholeComponent(after)

/** The client finds a component by its root. */
const wholeComponent = (tree: Tree): Wire => ({ ...wholeTree(tree, undefined), r: 1 })

/** A new component is told by what it does not share with one that the client has, or with another new one. */
function freshComponent({ after }: ComponentChange, fresh: readonly ComponentChange[], known: KnownComponents): Wire {
  for (const [cid, tree] of known)
    if (tree.template === after.template) return { ...treeChange(tree, after, undefined), s: -cid }
  const twin = fresh.find((one) => one.after.template === after.template)
  if (twin) return { ...treeChange(twin.after, after, undefined), s: twin.cid }
  return wholeComponent(after)
}
