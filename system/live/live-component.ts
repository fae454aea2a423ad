import type { HandlerReply } from './reply.ts'
import type { ComponentBase, LiveSocket, TaskResult } from './socket.ts'
import { ComponentCall, type Rendered } from './value.ts'

/** One kind of component with state of its own inside of a page. `mount` and `update` run while the page renders: they cannot wait. */
export interface LiveComponentDefinition<A extends object> {
  name: string
  /** Once, before the first `update`. */
  mount?(socket: LiveSocket<A>): void
  /** Takes the props; without it they become assigns. */
  update?(props: Readonly<Record<string, unknown>>, socket: LiveSocket<A>): void
  /** Events whose `phx-target` is this component. */
  handleEvent?(event: string, value: unknown, socket: LiveSocket<A>): HandlerReply | Promise<HandlerReply>
  handleAsync?(name: string, result: TaskResult, socket: LiveSocket<A>): void | Promise<void>
  render(assigns: Readonly<A & ComponentBase>): Rendered
}

// biome-ignore lint/suspicious/noExplicitAny: components of any state are held together, and only their own functions look at it.
export type LiveComponent = LiveComponentDefinition<any>

/** Defines a stateful component with the state `A`. */
export const liveComponent = <A extends object>(definition: LiveComponentDefinition<A>): LiveComponent => definition

/** The component of this kind and id, which keeps its state as long as the page shows it. An id stands once on a page. */
export const component = (
  definition: LiveComponent,
  { id, ...props }: Readonly<Record<string, unknown>> & { id: string },
): ComponentCall => new ComponentCall(definition, id, props)
