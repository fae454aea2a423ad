import type { MaybePromise } from './maybe-promise.ts'
import type { Params } from './params.ts'
import type { HandlerReply } from './reply.ts'
import type { BaseAssigns, LiveSocket, TaskResult } from './socket.ts'
import { type Body, NestedCall, type Rendered } from './value.ts'

/** One kind of live page. A handler that throws ends the page, and nothing else; the client mounts it afresh. */
export interface LiveViewDefinition<A extends object> {
  /** Unique in the application: session tokens name it. */
  name: string
  /** What stands around it and changes with it. */
  layout?(assigns: Readonly<BaseAssigns>, body: Body): Rendered
  /** Assigns that go back to these values after each render, so that they are sent once and not kept. */
  temporary?: Partial<A>
  /** Runs for the first HTML and again when the client connects (LV-3). `session`: of the cookie, and of who rendered the view. */
  mount?(params: Params, session: Readonly<Record<string, unknown>>, socket: LiveSocket<A>): MaybePromise<void>
  /** Runs after mount and after each patch. Only views with a route have it. */
  handleParams?(params: Params, url: string, socket: LiveSocket<A>): MaybePromise<void>
  handleEvent?(event: string, value: unknown, socket: LiveSocket<A>): MaybePromise<HandlerReply>
  handleInfo?(message: unknown, socket: LiveSocket<A>): MaybePromise<void>
  handleAsync?(name: string, result: TaskResult, socket: LiveSocket<A>): MaybePromise<void>
  /** A function of the assigns alone; it may read them anywhere. */
  render(assigns: Readonly<A & BaseAssigns>): Rendered
  terminate?(reason: string, socket: LiveSocket<A>): MaybePromise<void>
}

// biome-ignore lint/suspicious/noExplicitAny: views of any state are held together, and only their own functions look at it.
export type LiveView = LiveViewDefinition<any>

/** Defines a live page with the state `A`. */
export const liveView = <A extends object>(definition: LiveViewDefinition<A>): LiveView => definition

/** Another live page inside of this one, with a process of its own. `id` is the id of its element. */
export const nestedView = (view: LiveView, id: string, session: Readonly<Record<string, unknown>> = {}): NestedCall =>
  new NestedCall(view, id, session)
