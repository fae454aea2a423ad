import type { Assigns } from './assigns.ts'
import { ComponentUpdate } from './mail.ts'
import { externalUrl, type Navigation, type NavigationOptions, ownPath } from './navigation.ts'
import type { LiveSocket } from './socket.ts'
import { type DomIdOf, defaultDomId, type LiveStream, type StreamInsertOptions, type StreamOptions } from './stream.ts'

/** Whose assigns and streams: the page's own, or those of one of its components. */
export interface Owner {
  readonly assigns: Assigns
  /** Undefined for the page itself. */
  readonly cid: number | undefined
  readonly streams: Map<string, LiveStream>
}

/** What a page can do only while a client is connected to it. */
export interface PageConnection {
  readonly connectParams: Readonly<Record<string, unknown>>
  readonly parent: { send(message: unknown): void } | undefined
  send(message: unknown): void
  sendAfter(delayMs: number, message: unknown): () => void
  subscribe(topic: string): void
}

/** What the sockets of a page ask of it. */
interface PageActions {
  readonly id: string
  readonly connection: PageConnection | undefined
  ownerChanged(cid: number | undefined): void
  newStream(domIdOf: DomIdOf): LiveStream
  streamChanged(owner: Owner, stream: LiveStream): void
  pushEvent(name: string, payload: unknown): void
  putFlash(kind: string, text: string): void
  clearFlash(kind?: string): void
  navigate(navigation: Navigation): void
  startTask(owner: Owner, name: string, task: () => Promise<unknown>): void
  loadAsync(owner: Owner, key: string, task: () => Promise<unknown>, reset: boolean): void
}

/** Thrown to end a page on purpose. */
export class PageExit extends Error {
  override name = 'PageExit'
}

export class PageSocket implements LiveSocket {
  private readonly page: PageActions
  private readonly owner: Owner

  constructor(page: PageActions, owner: Owner) {
    this.page = page
    this.owner = owner
  }

  get id() {
    return this.page.id
  }
  get isConnected() {
    return this.page.connection !== undefined
  }
  get connectParams() {
    return this.page.connection?.connectParams
  }
  get parent() {
    return this.page.connection?.parent
  }
  get assigns() {
    return this.owner.assigns.values as LiveSocket['assigns']
  }

  assign(values: Readonly<Record<string, unknown>>) {
    this.owner.assigns.set(values)
    this.page.ownerChanged(this.owner.cid)
  }

  update(key: string, change: (value: unknown) => unknown) {
    this.assign({ [key]: change(this.owner.assigns.values[key]) })
  }

  stream(
    name: string,
    items: readonly unknown[],
    {
      reset = false,
      domId = defaultDomId(name),
      ...options
    }: StreamOptions & { reset?: boolean; domId?: DomIdOf } = {},
  ) {
    const stream = this.owner.streams.get(name) ?? this.addStream(name, domId)
    if (reset) stream.clear()
    for (const item of items) stream.insert(item, options)
    this.page.streamChanged(this.owner, stream)
  }

  streamInsert(name: string, item: unknown, options?: StreamInsertOptions) {
    this.changeStream(name, (stream) => stream.insert(item, options))
  }

  streamDelete(name: string, item: unknown) {
    this.changeStream(name, (stream) => stream.delete(item))
  }

  streamDeleteByDomId(name: string, domId: string) {
    this.changeStream(name, (stream) => stream.deleteByDomId(domId))
  }

  pushEvent(name: string, payload: Readonly<Record<string, unknown>>) {
    this.page.pushEvent(name, payload)
  }

  putFlash(kind: string, text: string) {
    this.page.putFlash(kind, text)
  }

  clearFlash(kind?: string) {
    this.page.clearFlash(kind)
  }

  pushPatch(to: string, { replace = false }: NavigationOptions = {}) {
    this.page.navigate({ kind: 'patch', to: ownPath(to), replace })
  }

  pushNavigate(to: string, { replace = false }: NavigationOptions = {}) {
    this.page.navigate({ kind: 'navigate', to: ownPath(to), replace })
  }

  redirect(to: string | { external: string }) {
    this.page.navigate({ kind: 'redirect', to: typeof to === 'string' ? ownPath(to) : externalUrl(to.external) })
  }

  send(message: unknown) {
    this.connected('send a message to itself').send(message)
  }

  sendAfter(delayMs: number, message: unknown) {
    return this.connected('start a timer').sendAfter(delayMs, message)
  }

  subscribe(topic: string) {
    this.connected('subscribe').subscribe(topic)
  }

  sendUpdate(component: object, id: string, props: Readonly<Record<string, unknown>>) {
    this.connected('update a component').send(new ComponentUpdate(component, id, props))
  }

  startAsync(name: string, task: () => Promise<unknown>) {
    this.page.startTask(this.owner, name, task)
  }

  assignAsync(key: string, task: () => Promise<unknown>, { reset = false }: { reset?: boolean } = {}) {
    this.page.loadAsync(this.owner, key, task, reset)
    this.page.ownerChanged(this.owner.cid)
  }

  exit(): never {
    throw new PageExit('the page ended itself')
  }

  private connected(what: string): PageConnection {
    const { connection } = this.page
    if (connection) return connection
    throw new Error(`a page cannot ${what} while its first HTML is made; look at socket.isConnected first`)
  }

  private addStream(name: string, domId: DomIdOf): LiveStream {
    const { streams, assigns } = this.owner
    const fresh = this.page.newStream(domId)
    streams.set(name, fresh)
    assigns.values.streams = { ...(assigns.values.streams as object), [name]: fresh }
    return fresh
  }

  private changeStream(name: string, change: (stream: LiveStream) => void) {
    const stream = this.owner.streams.get(name)
    if (!stream) throw new Error(`there is no stream ${JSON.stringify(name)}; begin it with socket.stream() in mount`)
    change(stream)
    this.page.streamChanged(this.owner, stream)
  }
}
