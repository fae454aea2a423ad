/** What may stand in the slots of a template. Data only: render.ts turns values into trees. */

/** A string is escaped; null, undefined and false are nothing; a function is evaluated only when an assign that it read has changed. */
export type Value =
  | string
  | number
  | boolean
  | null
  | undefined
  | Rendered
  | RawHtml
  | Each
  | StreamEach
  | ComponentCall
  | NestedCall
  | Body
  | Commands
  | AttributeBag
  | readonly Value[]
  | (() => Value)

/** Attributes by name: `<div ${{ 'data-x': x, hidden: isHidden }}>`. */
export interface AttributeBag {
  readonly [name: string]: string | number | boolean | null | undefined | Commands | readonly unknown[]
}

export type SlotPlace = 'text' | 'quoted' | 'attribute' | 'bag'

export interface SlotKind {
  readonly place: SlotPlace
  /** Of an attribute slot. */
  readonly name: string
}

/** The static side of one template literal. There is one object for each call site, so that identity is its fingerprint. */
export interface Template {
  /** Always one more than there are slots. */
  readonly statics: readonly string[]
  readonly slots: readonly SlotKind[]
  /** Its only root is one tag: the client may skip or replace it as a whole. */
  readonly isOneTag: boolean
}

/** A template with the values of its slots. */
export class Rendered {
  readonly template: Template
  readonly values: readonly Value[]

  constructor(template: Template, values: readonly Value[]) {
    this.template = template
    this.values = values
  }
}

/** HTML that is used as it is. */
export class RawHtml {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** The body of a view, as its layout gets it. */
export class Body {
  readonly run: () => Value

  constructor(run: () => Value) {
    this.run = run
  }
}

export type Key = string | number

/** One entry for each item of a list. */
export class Each {
  readonly items: readonly unknown[]
  /** Without it the index is the key. */
  readonly keyOf: ((item: unknown, index: number) => Key) | undefined
  readonly render: (item: unknown, index: number) => Value

  constructor(items: readonly unknown[], keyOf: Each['keyOf'], render: Each['render']) {
    this.items = items
    this.keyOf = keyOf
    this.render = render
  }
}

/** What is new in a stream. */
export interface StreamChanges {
  readonly ref: string
  readonly inserts: readonly StreamInsert[]
  readonly deletes: readonly string[]
  readonly isReset: boolean
  readonly isEmpty: boolean
}

export interface StreamInsert {
  readonly domId: string
  readonly item: unknown
  /** -1 for the end, else a place from 0. */
  readonly at: number
  /** Above 0 the client keeps that many of the first items, below 0 of the last. */
  readonly limit: number | null
  /** The client ignores it unless it has the item. */
  readonly updateOnly: boolean
}

/** One entry for each new item of a stream. */
export class StreamEach {
  readonly stream: StreamChanges
  readonly render: (item: unknown, domId: string) => Value

  constructor(stream: StreamChanges, render: StreamEach['render']) {
    this.stream = stream
    this.render = render
  }
}

/** A place where a stateful component stands. The definition is opaque here. */
export class ComponentCall {
  readonly definition: object
  readonly id: string
  readonly props: Readonly<Record<string, unknown>>

  constructor(definition: object, id: string, props: Readonly<Record<string, unknown>>) {
    this.definition = definition
    this.id = id
    this.props = props
  }
}

/** A place where another view stands. The definition is opaque here. */
export class NestedCall {
  readonly view: object
  readonly id: string
  readonly session: Readonly<Record<string, unknown>>

  constructor(view: object, id: string, session: Readonly<Record<string, unknown>>) {
    this.view = view
    this.id = id
    this.session = session
  }
}

export type Command = readonly [name: string, options: Readonly<Record<string, unknown>>]

/** Commands that the client runs by itself, in order. */
export class Commands {
  readonly list: readonly Command[]

  constructor(list: readonly Command[]) {
    this.list = list
  }
}
