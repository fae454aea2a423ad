import type { Flash } from './flash.ts'
import type { NavigationOptions } from './navigation.ts'
import type { DomIdOf, StreamInsertOptions, StreamOptions } from './stream.ts'
import type { StreamChanges } from './value.ts'

/** Assigns that every view has. */
export interface BaseAssigns {
  readonly flash: Flash
  /** The title of the page. */
  readonly pageTitle?: string | null
  /** By name, for `eachStreamed` in the template. */
  readonly streams: Readonly<Record<string, StreamChanges>>
}

/** Assigns that every stateful component has. */
export interface ComponentBase extends BaseAssigns {
  readonly id: string
  /** Its own number, for `phx-target`. */
  readonly myself: number
}

export type TaskResult<T = unknown> = { kind: 'ok'; value: T } | { kind: 'failed'; error: unknown }

/** What the handlers of a view or of a component can do. */
export interface LiveSocket<A extends object = Record<string, unknown>> {
  /** The id of the view's element. */
  readonly id: string
  /** False while the first HTML is made: subscriptions, timers and messages are only for connected pages (LV-3). */
  readonly isConnected: boolean
  /** What the client sent with its join; undefined while not connected. */
  readonly connectParams: Readonly<Record<string, unknown>> | undefined
  readonly assigns: Readonly<A & BaseAssigns>
  /** An equal value is no change. State is replaced, never changed in place. */
  assign(values: Partial<A> & { pageTitle?: string | null }): void
  /** Assigns what `change` makes of the present value. */
  update<K extends keyof A & string>(key: K, change: (value: A[K]) => A[K]): void

  /** Begins a stream, or adds to it. With `reset` the client first drops what it has. */
  stream(name: string, items: readonly unknown[], options?: StreamOptions & { reset?: boolean; domId?: DomIdOf }): void
  streamInsert(name: string, item: unknown, options?: StreamInsertOptions): void
  streamDelete(name: string, item: unknown): void
  streamDeleteByDomId(name: string, domId: string): void

  /** An event for the hooks of the page, sent with the next frame. */
  pushEvent(name: string, payload: Readonly<Record<string, unknown>>): void
  putFlash(kind: string, text: string): void
  /** All kinds without one. */
  clearFlash(kind?: string): void

  /** The same view at another address: `handleParams` runs. */
  pushPatch(to: string, options?: NavigationOptions): void
  /** Another view of the same live session, over the same connection. */
  pushNavigate(to: string, options?: NavigationOptions): void
  /** A full page load, of this application or of an `external` address. */
  redirect(to: string | { external: string }): void

  /** A message to the page itself, for `handleInfo`. */
  send(message: unknown): void
  sendAfter(delayMs: number, message: unknown): () => void
  /** Broadcasts on this topic reach `handleInfo` as `{ topic, event, payload }`. */
  subscribe(topic: string): void
  /** New props for a component of this page, where it is there. */
  sendUpdate(component: { readonly name: string }, id: string, props: Readonly<Record<string, unknown>>): void
  /** The page that a nested view stands in. */
  readonly parent: { send(message: unknown): void } | undefined

  /** Runs in a task while the page goes on; `handleAsync` gets the result, of the latest start of this name only. Does nothing while not connected. */
  startAsync(name: string, task: () => Promise<unknown>): void
  /** As `startAsync`, for an assign that is an `AsyncResult`. With `reset` a value that was there is not shown meanwhile. */
  assignAsync(key: keyof A & string, task: () => Promise<unknown>, options?: { reset?: boolean }): void

  /** Ends the page from within a handler, as a crash would; the client mounts it afresh. */
  exit(): never
}
