import { Assigns, type Values } from './assigns.ts'
import type { ComponentChange } from './diff.ts'
import { noFlash } from './flash.ts'
import type { LiveComponent } from './live-component.ts'
import { bodyUnit, type RenderContext, renderRoot } from './render.ts'
import type { LiveSocket } from './socket.ts'
import { collectCids, type Tree, type Unit } from './tree.ts'
import type { ComponentCall } from './value.ts'

/** One component of one page. */
export interface ComponentInstance {
  readonly cid: number
  readonly definition: LiveComponent
  readonly id: string
  readonly assigns: Assigns
  readonly socket: LiveSocket
  readonly body: Unit
  /** What the client has of it. */
  tree: Tree | undefined
  /** The client has said that it will forget it. */
  isLeaving: boolean
  /** It came back after that. */
  isBack: boolean
}

type MakeSocket = (assigns: Assigns, cid: number) => LiveSocket

/** The stateful components of one page, by number and by kind and id. A number is never used again. */
export class Components {
  private readonly makeSocket: MakeSocket
  private readonly byCid = new Map<number, ComponentInstance>()
  private readonly byKind = new Map<object, Map<string, ComponentInstance>>()
  private lastCid = 0
  /** Called in this render, and those of them that have something to render. */
  private readonly called = new Set<ComponentInstance>()
  private readonly queue = new Set<ComponentInstance>()

  constructor(makeSocket: MakeSocket) {
    this.makeSocket = makeSocket
  }

  get(cid: unknown): ComponentInstance | undefined {
    return this.byCid.get(cid as number)
  }

  find(definition: object, id: string): ComponentInstance | undefined {
    return this.byKind.get(definition)?.get(id)
  }

  treeOf(cid: number): Tree {
    const tree = this.byCid.get(cid)?.tree
    if (!tree) throw new Error(`component ${cid} was not rendered`)
    return tree
  }

  /** The component that a template names. Throws when the id stands on the page twice. */
  call({ definition, id, props }: ComponentCall): number {
    const known = this.find(definition, id)
    const instance = known ?? this.start(definition as LiveComponent, id)
    if (this.called.has(instance))
      throw new Error(`the id ${JSON.stringify(id)} stands twice among the components ${instance.definition.name}`)
    this.called.add(instance)
    this.update(instance, props)
    if (instance.isLeaving) {
      instance.isLeaving = false
      instance.isBack = true
    }
    if (!instance.tree || instance.isBack) this.queue.add(instance)
    return instance.cid
  }

  update(instance: ComponentInstance, props: Readonly<Values>) {
    const { definition, socket } = instance
    if (definition.update) definition.update(props, socket)
    else socket.assign(props)
    this.touch(instance)
  }

  /** Something of it may have changed. */
  touch(instance: ComponentInstance) {
    if (instance.assigns.changed.size > 0) this.queue.add(instance)
  }

  /** Renders what has changed: parents before the children that they bring. */
  render(context: Omit<RenderContext, 'changed'>): ComponentChange[] {
    const changes: ComponentChange[] = []
    for (const instance of this.queue) {
      const { cid, body, assigns, tree: before, isBack } = instance
      // The client forgets what is in it as well: a whole evaluation calls the components in it, so that they come back too.
      const after = renderRoot(body, isBack ? undefined : before, { ...context, changed: assigns.changed })
      if (!after.template.isOneTag)
        throw new TypeError(`the component ${instance.definition.name} must render one tag with everything in it`)
      instance.tree = after
      instance.isBack = false
      changes.push({ cid, before, after, isWhole: isBack })
    }
    return changes
  }

  /** Everything of those that this tree shows, for a client that has forgotten them all. */
  wholes(root: Tree): ComponentChange[] {
    const shown = new Set<number>()
    collectCids(root, (cid) => this.treeOf(cid), shown)
    for (const instance of this.byCid.values()) if (!shown.has(instance.cid)) instance.tree = undefined
    return [...shown].map((cid) => ({ cid, before: undefined, after: this.treeOf(cid), isWhole: true }))
  }

  /** Those that the client had before these changes, and has not said that it will forget. */
  *knownBefore(changes: readonly ComponentChange[]): Iterable<readonly [number, Tree]> {
    const changeOf = new Map(changes.map((change) => [change.cid, change]))
    for (const { cid, tree, isLeaving } of this.byCid.values()) {
      const change = changeOf.get(cid)
      const before = change ? change.before : tree
      if (before && !isLeaving && !change?.isWhole) yield [cid, before]
    }
  }

  settle() {
    for (const { assigns } of this.queue) assigns.settle()
    this.queue.clear()
    this.called.clear()
  }

  announceDestroy(cids: readonly unknown[]) {
    for (const cid of cids) {
      const instance = this.get(cid)
      if (instance) instance.isLeaving = true
    }
  }

  /** Forgets those that were announced and did not come back. Returns their numbers. */
  destroy(cids: readonly unknown[]): number[] {
    const gone = [...new Set(cids)].flatMap((cid) => this.get(cid) ?? []).filter(({ isLeaving }) => isLeaving)
    for (const instance of gone) {
      this.byCid.delete(instance.cid)
      this.byKind.get(instance.definition)?.delete(instance.id)
      this.queue.delete(instance)
    }
    return gone.map(({ cid }) => cid)
  }

  private start(definition: LiveComponent, id: string): ComponentInstance {
    this.lastCid += 1
    const cid = this.lastCid
    const assigns = new Assigns({ id, myself: cid, flash: noFlash, streams: {} })
    const socket = this.makeSocket(assigns, cid)
    const body = bodyUnit(() => definition.render(assigns.tracked))
    const instance = { cid, definition, id, assigns, socket, body, tree: undefined, isLeaving: false, isBack: false }
    this.byCid.set(cid, instance)
    const ofKind = this.byKind.get(definition) ?? new Map<string, ComponentInstance>()
    this.byKind.set(definition, ofKind.set(id, instance))
    definition.mount?.(socket)
    return instance
  }
}
