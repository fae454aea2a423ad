import type { Key, StreamInsert, Template, Value } from './value.ts'

/** What a client shows in a slot: a text, the number of a component, or something with an inner life. */
export type Slot = string | number | Tree | List | Stream | Nested

/** A function slot, and which assigns it read when it was evaluated last. */
export interface Unit {
  readonly run: () => Value
  readonly isBody: boolean
  reads: readonly string[]
}

/** A rendered template: one slot for each gap between its statics. */
export class Tree {
  readonly template: Template
  readonly slots: readonly Slot[]
  /** By slot; undefined when no slot of it, nor of what is in it, can be evaluated on its own. */
  readonly units: readonly (Unit | undefined)[] | undefined

  constructor(template: Template, slots: readonly Slot[], units: readonly (Unit | undefined)[] | undefined) {
    this.template = template
    this.slots = slots
    this.units = units
  }
}

/** A rendered list. Its entries have one template, which it keeps when it becomes empty. */
export class List {
  readonly template: Template
  /** Unique. Undefined when the index is the key. */
  readonly keys: readonly Key[] | undefined
  readonly entries: readonly Tree[]
  /** Some entry has slots that can be evaluated on their own. */
  readonly canRefresh: boolean

  constructor(template: Template, keys: readonly Key[] | undefined, entries: readonly Tree[]) {
    this.template = template
    this.keys = keys
    this.entries = entries
    this.canRefresh = entries.some(({ units }) => units !== undefined)
  }

  keyAt(index: number): Key {
    return this.keys?.[index] ?? index
  }
}

export interface StreamNews {
  readonly inserts: readonly StreamInsert[]
  readonly deletes: readonly string[]
  readonly isReset: boolean
  readonly entries: readonly Tree[]
}

/** A stream: what was sent is forgotten, only the client has it. */
export class Stream {
  readonly template: Template
  readonly ref: string
  /** What this frame says of it; undefined once it was said. */
  news: StreamNews | undefined

  constructor(template: Template, ref: string, news: StreamNews) {
    this.template = template
    this.ref = ref
    this.news = news
  }
}

/** The element of a view in a view. */
export class Nested {
  readonly view: object
  readonly id: string
  readonly session: Readonly<Record<string, unknown>>
  /** Filled in later where the inner view is rendered too. */
  html: string

  constructor(view: object, id: string, session: Readonly<Record<string, unknown>>, html: string) {
    this.view = view
    this.id = id
    this.session = session
    this.html = html
  }
}

/** The HTML of a slot, as a client makes it. */
export function toHtml(slot: Slot, componentOf: (cid: number) => Tree): string {
  if (typeof slot === 'string') return slot
  if (typeof slot === 'number') return toHtml(componentOf(slot), componentOf)
  if (slot instanceof Nested) return slot.html
  if (slot instanceof List) return slot.entries.map((entry) => toHtml(entry, componentOf)).join('')
  if (slot instanceof Stream) return slot.news?.entries.map((entry) => toHtml(entry, componentOf)).join('') ?? ''
  const { template, slots } = slot
  return template.statics.reduce((done, text, index) => done + toHtml(slots[index - 1]!, componentOf) + text)
}

/** The numbers of the components in a slot, and of those in them. */
export function collectCids(slot: Slot, componentOf: (cid: number) => Tree, found: Set<number>) {
  if (typeof slot === 'number') {
    found.add(slot)
    collectCids(componentOf(slot), componentOf, found)
  } else for (const inner of partsOf(slot)) collectCids(inner, componentOf, found)
}

function partsOf(slot: Slot): readonly Slot[] {
  if (slot instanceof Tree) return slot.slots
  if (slot instanceof List) return slot.entries
  return slot instanceof Stream ? (slot.news?.entries ?? []) : []
}
