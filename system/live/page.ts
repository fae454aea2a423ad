import { isDeepStrictEqual } from 'node:util'
import { Assigns, type Values } from './assigns.ts'
import { loaded, loading } from './async-result.ts'
import { Components } from './components.ts'
import { diffFrame, type Wire } from './diff.ts'
import { type Flash, noFlash, withoutKind } from './flash.ts'
import type { LiveView } from './live-view.ts'
import { type ComponentUpdate, TaskDone } from './mail.ts'
import type { Navigation } from './navigation.ts'
import { type Owner, type PageConnection, PageSocket } from './page-socket.ts'
import { bodyUnit, type RenderContext, renderRoot } from './render.ts'
import type { Place } from './router.ts'
import type { BaseAssigns, TaskResult } from './socket.ts'
import { LiveStream } from './stream.ts'
import { Nested, type Slot, type Stream, type Tree, toHtml, type Unit } from './tree.ts'
import { Body, type NestedCall } from './value.ts'

export interface PageOptions {
  view: LiveView
  /** Of its element. */
  id: string
  flash: Flash
  /** Undefined while the first HTML is made. */
  connection?: PageConnection
  /** Undefined for a view that was rendered without a route. */
  place?: Place | undefined
  /** The element of a view in this one; without it the inner views are filled in later. */
  nestedElement?: (call: NestedCall) => string
}

/** The state of one view, what the client has of it, and what the client is to be told next. No I/O of its own. */
export class Page {
  readonly view: LiveView
  readonly id: string
  readonly connection: PageConnection | undefined
  readonly socket: PageSocket
  readonly components: Components
  place: Place | undefined
  navigation: Navigation | undefined
  /** Put while the present message is handled: only this goes along with a navigation. */
  freshFlash: Flash = noFlash
  /** Views in this one that were rendered and have no HTML yet. */
  readonly unfilled: Nested[] = []
  private readonly assigns: Assigns
  private readonly body: Unit
  private readonly nestedElement: ((call: NestedCall) => string) | undefined
  private tree: Tree | undefined
  private events: [name: string, payload: unknown][] = []
  private sentTitle: unknown
  private streamCount = 0
  private readonly changedStreams = new Set<LiveStream>()
  /** With news in the frame that is being made. */
  private shownStreams: Stream[] = []
  private readonly tickets = new Map<string, number>()
  private hasRepeats = false

  constructor({ view, id, flash, connection, place, nestedElement }: PageOptions) {
    this.view = view
    this.id = id
    this.connection = connection
    this.place = place
    this.nestedElement = nestedElement
    const temporary = (view.temporary ?? {}) as Values
    this.assigns = new Assigns({ ...temporary, flash, streams: {} }, temporary)
    this.socket = new PageSocket(this, { assigns: this.assigns, cid: undefined, streams: new Map() })
    this.components = new Components((assigns, cid) => new PageSocket(this, { assigns, cid, streams: new Map() }))
    this.body = bodyUnit(() => this.renderView())
  }

  get title(): string | undefined {
    const { pageTitle } = this.assigns.values
    return typeof pageTitle === 'string' ? pageTitle : undefined
  }

  get flash(): Flash {
    return this.assigns.values.flash as Flash
  }

  /** Everything for a client that has nothing, or what it needs to have the present state. `{}` when there is nothing to say. */
  takeFrame(): Wire {
    const before = this.tree
    const { after, components } = this.evaluate()
    const tree =
      before && before.template !== after.template ? this.replaced(after) : this.changed(before, after, components)
    return { ...tree, ...this.takeTitle(), ...this.takeEvents() }
  }

  /** Some slot was evaluated again for the last frame and shows the same as before; Phoenix would have sent it again. */
  get repeats(): boolean {
    return this.hasRepeats
  }

  /** Renders the first page; its HTML is complete once the views in it are filled in. */
  draw(): { html(): string } {
    const { after } = this.evaluate()
    return { html: () => toHtml(after, (cid) => this.components.treeOf(cid)) }
  }

  pushEvent(name: string, payload: unknown) {
    this.events.push([name, payload])
  }

  takeEvents(): Wire {
    const { events } = this
    this.events = []
    return events.length === 0 ? {} : { e: events }
  }

  navigate(navigation: Navigation) {
    if (this.navigation) throw new Error('the page has been sent somewhere else already while this message was handled')
    this.navigation = navigation
  }

  putFlash(kind: string, text: string) {
    this.freshFlash = { ...this.freshFlash, [kind]: text }
    this.setFlash({ ...this.flash, [kind]: text })
  }

  clearFlash(kind?: string) {
    this.freshFlash = kind === undefined ? noFlash : withoutKind(this.freshFlash, kind)
    this.setFlash(kind === undefined ? noFlash : withoutKind(this.flash, kind))
  }

  setFlash(flash: Flash) {
    this.assigns.set({ flash })
  }

  newStream(domIdOf: (item: unknown) => string): LiveStream {
    this.streamCount += 1
    return new LiveStream(String(this.streamCount - 1), domIdOf)
  }

  streamChanged({ assigns, cid }: Owner, stream: LiveStream) {
    this.changedStreams.add(stream)
    assigns.touch('streams')
    this.ownerChanged(cid)
  }

  /** A component that changes outside of a render has to be rendered itself. */
  ownerChanged(cid: number | undefined) {
    const instance = cid === undefined ? undefined : this.components.get(cid)
    if (instance) this.components.touch(instance)
  }

  startTask({ cid }: Owner, name: string, task: () => Promise<unknown>) {
    const { connection } = this
    if (!connection) return
    const key = taskKey(cid, name)
    const ticket = (this.tickets.get(key) ?? 0) + 1
    this.tickets.set(key, ticket)
    const done = (result: TaskResult) => connection.send(new TaskDone(cid, name, ticket, result))
    // The task begins after the handler that started it has ended.
    void Promise.resolve()
      .then(task)
      .then(
        (value) => done({ kind: 'ok', value }),
        (error: unknown) => done({ kind: 'failed', error }),
      )
  }

  /** Whether this is the result of the latest start of this task; only that one counts. */
  isCurrent({ cid, name, ticket }: TaskDone): boolean {
    return this.tickets.get(taskKey(cid, name)) === ticket
  }

  loadAsync(owner: Owner, key: string, task: () => Promise<unknown>, reset: boolean) {
    owner.assigns.set({ [key]: loading(owner.assigns.values[key], reset) })
    this.startTask(owner, asyncName(key), task)
  }

  /** Takes the result of `loadAsync`; false when the task was started by something else. */
  takeLoaded({ cid, name, result }: TaskDone): boolean {
    if (!name.startsWith(asyncPrefix)) return false
    const key = name.slice(asyncPrefix.length)
    const assigns = cid === undefined ? this.assigns : this.components.get(cid)?.assigns
    assigns?.set({ [key]: loaded(assigns.values[key], result) })
    this.ownerChanged(cid)
    return true
  }

  updateComponent({ component, id, props }: ComponentUpdate) {
    const instance = this.components.find(component, id)
    if (instance) this.components.update(instance, props)
  }

  private renderView() {
    const { view, assigns } = this
    const inner = () => view.render(assigns.tracked)
    return view.layout ? view.layout(assigns.tracked as unknown as BaseAssigns, new Body(inner)) : inner()
  }

  /** Evaluates what has changed. Afterwards nothing counts as changed. */
  private evaluate() {
    this.hasRepeats = false
    const context: RenderContext = {
      changed: this.assigns.changed,
      component: (call) => this.components.call(call),
      nested: (call, before) => this.nested(call, before),
      streamed: (stream) => void this.shownStreams.push(stream),
      repeated: () => {
        this.hasRepeats = true
      },
    }
    const after = renderRoot(this.body, this.tree, context)
    const components = this.components.render(context)
    this.tree = after
    return { after, components }
  }

  private changed(before: Tree | undefined, after: Tree, components: Parameters<typeof diffFrame>[2]): Wire {
    const wire = diffFrame(before, after, components, this.components.knownBefore(components))
    this.settle()
    return wire
  }

  /** Another template at the root: the client forgets everything, its components too, and takes a mark of the root for a reply. */
  private replaced(after: Tree): Wire {
    const { r: _mark, ...wire } = diffFrame(undefined, after, this.components.wholes(after))
    this.settle()
    return wire
  }

  private settle() {
    for (const stream of this.shownStreams) stream.news = undefined
    this.shownStreams = []
    for (const stream of this.changedStreams) stream.settle()
    this.changedStreams.clear()
    this.components.settle()
    this.assigns.settle()
  }

  /** Sent when it has another value than the client knows, null included: the client leaves out what is no text. */
  private takeTitle(): Wire {
    const { pageTitle } = this.assigns.values
    if (pageTitle === undefined || pageTitle === this.sentTitle) return {}
    this.sentTitle = pageTitle
    return { t: pageTitle }
  }

  private nested(call: NestedCall, before: Slot | undefined): Nested {
    if (before instanceof Nested && isSameCall(before, call)) return before
    const html = this.nestedElement?.(call)
    const nested = new Nested(call.view, call.id, call.session, html ?? '')
    if (html === undefined) this.unfilled.push(nested)
    return nested
  }
}

const isSameCall = (one: NestedCall | Nested, other: NestedCall) =>
  one.view === other.view && one.id === other.id && isDeepStrictEqual(one.session, other.session)

const asyncPrefix = 'assign '
const asyncName = (key: string) => `${asyncPrefix}${key}`
const taskKey = (cid: number | undefined, name: string) => `${cid ?? ''} ${name}`
