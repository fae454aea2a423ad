import type { StreamChanges, StreamInsert } from './value.ts'

export interface StreamOptions {
  /** -1 (default) for the end, else a place from 0. */
  at?: number
  /** Above 0 the client keeps that many of the first items, below 0 of the last. */
  limit?: number
}

export interface StreamInsertOptions extends StreamOptions {
  /** Changes the item where the client has it, and is ignored where it has not. */
  updateOnly?: boolean
}

export type DomIdOf = (item: unknown) => string

/** Items that only the client keeps: the server knows what is new since the last frame, and forgets it with the frame. */
export class LiveStream implements StreamChanges {
  readonly ref: string
  private readonly domIdOf: DomIdOf
  private readonly pending = new Map<string, StreamInsert>()
  private gone: string[] = []
  private reset = false

  constructor(ref: string, domIdOf: DomIdOf) {
    this.ref = ref
    this.domIdOf = domIdOf
  }

  get inserts(): readonly StreamInsert[] {
    return [...this.pending.values()]
  }
  get deletes(): readonly string[] {
    return this.gone
  }
  get isReset() {
    return this.reset
  }
  get isEmpty() {
    return this.pending.size === 0 && this.gone.length === 0 && !this.reset
  }

  /** What comes again within one frame is sent once: as it is now, to where it was to go first, as Phoenix and its client do. */
  insert(item: unknown, { at = -1, limit, updateOnly = false }: StreamInsertOptions = {}) {
    const domId = this.domIdOf(item)
    const first = this.pending.get(domId) ?? { at, limit: limit ?? null, updateOnly }
    this.pending.delete(domId)
    this.pending.set(domId, { ...first, domId, item })
  }

  /** Whether the client has the item is not known, and does not matter. */
  delete(item: unknown) {
    this.deleteByDomId(this.domIdOf(item))
  }

  deleteByDomId(domId: string) {
    this.gone.push(domId)
  }

  /** The client drops what it has, and what was to be sent before is not sent. */
  clear() {
    this.settle()
    this.reset = true
  }

  /** Everything was sent. */
  settle() {
    this.pending.clear()
    this.gone = []
    this.reset = false
  }
}

/** `<stream>-<id>`. Throws a TypeError when an item has no id. */
export const defaultDomId =
  (name: string): DomIdOf =>
  (item) => {
    const { id } = (item ?? {}) as { id?: unknown }
    if (typeof id === 'string' || typeof id === 'number') return `${name}-${id}`
    throw new TypeError(`an item of the stream ${name} has no id; give the stream a domId function`)
  }
