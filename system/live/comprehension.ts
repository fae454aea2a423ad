import { wrapper } from './template.ts'
import { List, type Slot, Stream, type Tree } from './tree.ts'
import { Each, type Key, Rendered, type StreamChanges, StreamEach, type Template, type Value } from './value.ts'

interface EachOptions<T> {
  /** What tells the items apart, so that one that moves is not sent again; default: the index. */
  key?(item: T, index: number): Key
}

/** One entry for each item: `each(products, { key: ({ id }) => id }, (product) => html\`<li>${product.name}</li>\`)`. */
export function each<T>(items: readonly T[], render: (item: T, index: number) => Value): Each
export function each<T>(items: readonly T[], options: EachOptions<T>, render: (item: T, index: number) => Value): Each
export function each<T>(
  items: readonly T[],
  ...rest: [(item: T, index: number) => Value] | [EachOptions<T>, (item: T, index: number) => Value]
): Each {
  const [options, render] = rest.length === 1 ? [{}, rest[0]] : rest
  return new Each(items, options.key as Each['keyOf'], render as Each['render'])
}

/** One entry for each new item of a stream. Its root tag must have the given id. */
export function eachStreamed<T>(
  stream: StreamChanges | undefined,
  render: (item: T, domId: string) => Value,
): StreamEach {
  if (stream) return new StreamEach(stream, render as StreamEach['render'])
  throw new TypeError('there is no such stream; begin it with socket.stream() in mount')
}

/** Makes the tree of one entry, given the tree that it had before. */
type ResolveEntry = (entry: Rendered, before: Tree | undefined) => Tree

/** A list that was empty from the start is an empty text: there is no template yet. */
export function resolveList(
  { items, keyOf, render }: Each,
  before: Slot | undefined,
  resolveEntry: ResolveEntry,
): Slot {
  const old = before instanceof List ? before : undefined
  if (items.length === 0) return old ? emptied(old) : ''
  const values = items.map((item, index) => render(item, index))
  const template = old?.template === wrapper ? wrapper : commonTemplate(values)
  const keys = keyOf && items.map((item, index) => keyOf(item, index))
  if (keys) refuseTwins(keys)
  const entryBefore = old?.template === template ? entriesByKey(old) : () => undefined
  const entries = entriesOf(values, template).map((entry, index) =>
    resolveEntry(entry, entryBefore(keys?.[index] ?? index)),
  )
  return old && isSame(old, template, keys, entries) ? old : new List(template, keys, entries)
}

/** Nothing to say is the same stream as before; a stream of which nothing was ever said is an empty text. */
export function resolveStream(
  { stream, render }: StreamEach,
  before: Slot | undefined,
  resolveEntry: ResolveEntry,
): Slot {
  const old = before instanceof Stream && before.ref === stream.ref ? before : undefined
  if (stream.isEmpty) return old ?? ''
  const values = stream.inserts.map(({ item, domId }) => render(item, domId))
  const template = streamTemplate(values, old)
  const entries = entriesOf(values, template).map((entry) => resolveEntry(entry, undefined))
  const { ref, inserts, deletes, isReset } = stream
  return new Stream(template, ref, { inserts, deletes, isReset, entries })
}

/** Without entries it is not known what they will be; deletes are sent nevertheless: the client may have items of an earlier tree. */
function streamTemplate(values: readonly Value[], old: Stream | undefined): Template {
  if (values.length === 0) return old?.template ?? wrapper
  return old?.template === wrapper ? wrapper : commonTemplate(values)
}

const emptied = (old: List) => (old.entries.length === 0 ? old : new List(old.template, undefined, []))

/** Entries that are not all of one template are wrapped, each as the only slot of a template without text. */
function commonTemplate(values: readonly Value[]): Template {
  const [first] = values
  if (!(first instanceof Rendered)) return wrapper
  return values.every((one) => one instanceof Rendered && one.template === first.template) ? first.template : wrapper
}

const entriesOf = (values: readonly Value[], template: Template): Rendered[] =>
  values.map((value) => (template === wrapper ? new Rendered(wrapper, [value]) : (value as Rendered)))

/** Throws a RangeError on a key that comes twice: it would not be known which entry moved where. */
function refuseTwins(keys: readonly Key[]) {
  const seen = new Set<Key>()
  for (const key of keys) {
    if (seen.has(key))
      throw new RangeError(`the key ${JSON.stringify(key)} stands twice in a list; keys must be unique`)
    seen.add(key)
  }
}

function entriesByKey(list: List): (key: Key) => Tree | undefined {
  if (!list.keys) return (key) => list.entries[key as number]
  const byKey = new Map(list.keys.map((key, index) => [key, list.entries[index]!]))
  return (key) => byKey.get(key)
}

const isSame = (old: List, template: Template, keys: readonly Key[] | undefined, entries: readonly Tree[]) =>
  old.template === template &&
  old.entries.length === entries.length &&
  entries.every((entry, index) => entry === old.entries[index] && (keys?.[index] ?? index) === old.keyAt(index))
