import { randomBytes } from 'node:crypto'
import {
  type Channel,
  type ChannelDefinition,
  channel,
  type HandleResult,
  type JoinResult,
  noreply,
  ok,
  refuse,
  reply as replyToClient,
  stop,
} from '../channels/index.ts'
import type { Log } from '../platform/log.ts'
import type { Wire } from './diff.ts'
import { asObject, readCid, readEvent } from './event.ts'
import { admitJoin, type JoinAdmission, type JoinDeps } from './join-admission.ts'
import type { LiveView } from './live-view.ts'
import { ComponentUpdate, TaskDone } from './mail.ts'
import { andThen, type MaybePromise } from './maybe-promise.ts'
import { hasFlash, kindAndTarget, type Navigation, navigationWire } from './navigation.ts'
import { Page } from './page.ts'
import { pageElement } from './page-element.ts'
import { applyPatches, mountPage, patchTo } from './page-params.ts'
import { checkedReply, type Reply } from './reply.ts'
import type { NestedCall } from './value.ts'

/** The version of the official client that this server speaks with. */
export const liveViewVersion = '1.2.10'

interface LiveChannelDeps extends Omit<JoinDeps, 'pages'> {
  log: Log
}

type Admitted = Extract<JoinAdmission, { kind: 'admitted' }>
type Leaving = Exclude<Navigation, { kind: 'patch' }>

/** The channel of each live page: one actor for each page that is open (LV-4). */
export function createLiveChannel(deps: LiveChannelDeps): ChannelDefinition {
  const { tokens, registry, router, log } = deps
  /** Tells the instances of this process from those before a restart. */
  const bootId = randomBytes(9).toString('base64url')
  const pages = new Map<string, Page>()
  const pageOf = new WeakMap<Channel, Page>()

  function join(topic: string, payload: unknown, self: Channel): MaybePromise<JoinResult> {
    const webSession = self.assigns.webSession as Readonly<Record<string, unknown>> | undefined
    const admission = admitJoin({ ...deps, pages }, { topic, payload, webSession })
    if (admission.kind === 'refused') return refused(topic, admission.reason)
    const page = pageFor(admission, self)
    const session = { ...webSession, ...admission.session }
    let patch: Joined['patch']
    const followed = () => applyPatches(page, router, (last) => (patch = last))
    return andThen(andThen(mountPage(page, session), followed), () => joined(page, self, { admission, patch }))
  }

  function refused(topic: string, reason: string): JoinResult {
    log.info({ topic: topic.slice(0, 100), reason }, 'a client may not join this live page')
    return refuse({ reason })
  }

  function pageFor({ view, id, place, flash, parent, connectParams }: Admitted, self: Channel): Page {
    const { send, sendAfter, subscribe } = self
    const toParent = parent?.connection && { send: parent.connection.send }
    const connection = { connectParams, parent: toParent, send, sendAfter, subscribe }
    const nestedElement = (call: NestedCall) => connectedElement(call, id, instanceOf(self))
    return new Page({ view, id, flash, connection, place, nestedElement })
  }

  const instanceOf = ({ id }: Channel) => `${bootId}-${id}`

  /** The client joins the inner view by itself. */
  function connectedElement({ view, id, session }: NestedCall, parentId: string, parent: string): string {
    const { name } = view as LiveView
    registry.add(view as LiveView)
    const token = tokens.sign({ kind: 'session', id, view: name, session, parent })
    return pageElement({ id, session: token, staticToken: '', parentId, content: '' })
  }

  function joined(page: Page, self: Channel, { admission, patch }: Joined): JoinResult {
    const { navigation } = page
    if (navigation) return refuse({ ...leavingWire(page, navigation as Leaving), events: page.takeEvents().e ?? [] })
    const rendered = page.takeFrame()
    pageOf.set(self, page)
    pages.set(instanceOf(self), page)
    self.onEnd(() => void pages.delete(instanceOf(self)))
    return ok({
      rendered,
      liveview_version: liveViewVersion,
      ...(admission.isNavigation && { container: ['div', {}] }),
      ...(patch && { live_patch: kindAndTarget(patch) }),
    })
  }

  function leavingWire(page: Page, navigation: Leaving): Wire {
    const flash = page.freshFlash
    return navigationWire(navigation, hasFlash(flash) ? tokens.sign({ kind: 'flash', flash }) : undefined)
  }

  const messages: Record<string, (page: Page, payload: unknown, self: Channel) => MaybePromise<HandleResult>> = {
    event: handleEvent,
    live_patch: handlePatch,
    cids_will_destroy(page, payload) {
      page.components.announceDestroy(cidsIn(payload))
      return replyToClient('ok')
    },
    cids_destroyed: (page, payload) => replyToClient('ok', { cids: page.components.destroy(cidsIn(payload)) }),
    allow_upload: refuseUpload,
    progress: refuseUpload,
  }

  function handleEvent(page: Page, payload: unknown, self: Channel): MaybePromise<HandleResult> {
    const { name, value, cid } = readEvent(payload)
    const handled = cid === undefined ? askView(page, name, value) : askComponent(page, cid, name, value)
    return andThen(handled, (result) => answer(page, self, checkedReply(result)))
  }

  /** A link to another address of the same view; one to another view the client must follow by itself. */
  function handlePatch(page: Page, payload: unknown, self: Channel): MaybePromise<HandleResult> {
    const { url } = asObject(payload, 'a patch')
    const place = router.find(url)
    if (!place && !router.isOtherPage(url)) throw new Error('a client asked for an address without a route')
    if (place?.view !== page.view) return replyToClient('ok', { link_redirect: true })
    page.clearFlash()
    return andThen(patchTo(page, place), () => answer(page, self, undefined))
  }

  /** After a handler of a message of the client: the reply is the frame, or where the client has to go. */
  function answer(page: Page, self: Channel, reply: Reply | undefined): MaybePromise<HandleResult> {
    return andThen(goOn(page, self), (): HandleResult => {
      const { navigation } = page
      if (navigation) return stop('shutdown: navigated', { status: 'ok', response: farewell(page, self, navigation) })
      const diff = { ...page.takeFrame(), ...(reply && { r: reply.payload }) }
      return replyToClient('ok', isEmpty(diff) ? {} : { diff })
    })
  }

  /** After a handler of another message: the client is told when there is something to say. */
  function announce(page: Page, self: Channel): MaybePromise<HandleResult> {
    return andThen(goOn(page, self), (): HandleResult => {
      const { navigation } = page
      if (navigation) {
        for (const [event, payload] of Object.entries(farewell(page, self, navigation))) self.push(event, payload)
        return stop('shutdown: navigated')
      }
      const diff = page.takeFrame()
      if (!isEmpty(diff) || page.repeats) self.push('diff', diff)
      return noreply()
    })
  }

  const goOn = (page: Page, self: Channel) =>
    applyPatches(page, router, (patch) => self.push('live_patch', kindAndTarget(patch)))

  /** Events that were pushed before the page was left come first. */
  function farewell(page: Page, self: Channel, navigation: Navigation): Wire {
    const events = page.takeEvents()
    if (!isEmpty(events)) self.push('diff', events)
    return leavingWire(page, navigation as Leaving)
  }

  function handleInfo(message: unknown, self: Channel): MaybePromise<HandleResult> {
    const page = pageOf.get(self)!
    page.freshFlash = {}
    return andThen(takeMail(page, message), () => announce(page, self))
  }

  return channel({
    name: 'Live',
    closesBeforeLeaveReply: true,
    dropsReservedEvents: true,
    join,
    handleIn(event, payload, self) {
      const page = pageOf.get(self)!
      page.freshFlash = {}
      // What a newer client says besides is not needed.
      return Object.hasOwn(messages, event) ? messages[event]!(page, payload, self) : noreply()
    },
    handleInfo,
    terminate(reason, self) {
      const page = pageOf.get(self)!
      return page.view.terminate?.(reason, page.socket)
    },
  })
}

interface Joined {
  admission: Admitted
  /** The last patch of handleParams. */
  patch: Extract<Navigation, { kind: 'patch' }> | undefined
}

const isEmpty = (wire: Wire) => Object.keys(wire).length === 0

function cidsIn(payload: unknown): readonly unknown[] {
  const { cids } = asObject(payload, 'a list of components')
  if (Array.isArray(cids)) return cids
  throw new TypeError('a list of components must be a list')
}

/** There are no uploads, so nobody can have begun one. */
function refuseUpload(page: Page, payload: unknown): HandleResult {
  const cid = readCid(asObject(payload, 'a message about an upload').cid)
  if (cid !== undefined && !page.components.get(cid)) return replyToClient('ok')
  throw new Error('a client began an upload, and live pages take none')
}

/** Whether this is one of the events that every view and component understands. Throws on one that would be. */
function isReserved(name: string): boolean {
  if (!name.startsWith('lv:')) return false
  if (name === 'lv:clear-flash') return true
  throw new Error(`there is no event ${JSON.stringify(name.slice(0, 100))}`)
}

function clearFlash(page: Page, value: unknown) {
  const hasKey = typeof value === 'object' && value !== null && 'key' in value
  if (!hasKey) return page.clearFlash()
  if (typeof value.key === 'string') return page.clearFlash(value.key)
  if (value.key !== null) throw new TypeError('the key of lv:clear-flash must be a text')
}

function askView(page: Page, name: string, value: unknown) {
  const { view, socket } = page
  if (isReserved(name)) return clearFlash(page, value)
  if (view.handleEvent) return view.handleEvent(name, value, socket)
  throw new Error(`${view.name} has no handler for events`)
}

/** A component that the client no longer shows, or that never was, hears nothing. */
function askComponent(page: Page, cid: number, name: string, value: unknown) {
  const instance = page.components.get(cid)
  // The flash is the page's: a component has none that could be cleared.
  if (!instance || isReserved(name)) return undefined
  const { definition, socket } = instance
  if (definition.handleEvent) return definition.handleEvent(name, value, socket)
  throw new Error(`${definition.name} has no handler for events`)
}

/** What the page sent itself, or somebody sent it. */
function takeMail(page: Page, message: unknown): MaybePromise<void> {
  if (message instanceof ComponentUpdate) return page.updateComponent(message)
  if (message instanceof TaskDone) return takeResult(page, message)
  const { view, socket } = page
  if (view.handleInfo) return view.handleInfo(message, socket)
  throw new Error(`${view.name} has no handler for messages`)
}

function takeResult(page: Page, done: TaskDone): MaybePromise<void> {
  if (!page.isCurrent(done) || page.takeLoaded(done)) return undefined
  const { cid, name, result } = done
  const owner = cid === undefined ? { definition: page.view, socket: page.socket } : page.components.get(cid)
  if (!owner) return undefined
  if (owner.definition.handleAsync) return owner.definition.handleAsync(name, result, owner.socket)
  throw new Error(`${owner.definition.name} has no handler for the results of tasks`)
}
