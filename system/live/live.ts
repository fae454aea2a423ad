import { type ConnectInfo, connected, type SocketDefinition, type SocketOptions, socket } from '../channels/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { type FirstPage, renderFirstPage } from './first-page.ts'
import { type Flash, noFlash } from './flash.ts'
import { topicPrefix } from './join-admission.ts'
import { createLiveChannel } from './live-channel.ts'
import type { LiveView } from './live-view.ts'
import { createRouter, type LiveSession } from './router.ts'
import { createSessionTokens } from './session-token.ts'
import { createViewRegistry } from './view-registry.ts'

export interface LiveOptions {
  /** Signs the tokens of pages; the same on all nodes. */
  secret: string
  /** Of this application, at least 32 characters (LV-10). */
  salt: string
  clock: Pick<Clock, 'now'>
  log: Log
  sessions: readonly LiveSession[]
  /** Paths of pages without a live view, as routes are written: a client that patches its address to one is told to load it. */
  otherPages?: readonly string[]
  /** Views that have no route: the application renders them itself. */
  views?: readonly LiveView[]
  /** Where the socket is mounted (LV-11). */
  path?: string
  socketOptions?: SocketOptions
  /**
   * Returns the web session of whoever connects; a client without one gets no page. Default: the session of the application that reads
   * those of the node.
   */
  webSession?(info: ConnectInfo): Promise<Readonly<Record<string, unknown>> | undefined>
}

interface PageRequest {
  /** What the web session of the browser holds, as the socket will find it. */
  webSession?: Readonly<Record<string, unknown>>
  /** Notes that an earlier answer left in the web session. */
  flash?: Flash
}

/** A larger frame of a client, such as an oversized form, ends its connection. */
const frameMaxBytes = 1_048_576

const ownSession = (info: ConnectInfo) => info.session()

export type Live = ReturnType<typeof createLive>

/** The live pages of an application: the socket of their clients, and their first HTML. Throws on a bad salt or two views of one name. */
export function createLive(options: LiveOptions) {
  const { log, sessions, views = [], otherPages, path = '/live', socketOptions, webSession = ownSession } = options
  const tokens = createSessionTokens(options)
  const router = createRouter(sessions, otherPages)
  const registry = createViewRegistry([...router.views(), ...views])
  const liveChannel = createLiveChannel({ tokens, router, registry, log })
  const liveSocket: SocketDefinition = socket({
    name: 'LiveSocket',
    path,
    channels: { [`${topicPrefix}*`]: liveChannel },
    connect: async (_params, info) => connected({ webSession: await webSession(info) }),
    options: { maxFrameBytes: frameMaxBytes, ...socketOptions },
  })

  return {
    /** For the endpoint; its `readSession` gives pages their web session. */
    socket: liveSocket,
    /** The page of an address, as a whole url; undefined when no live view is there. Rejects when a handler throws. */
    async page(url: string, { webSession = {}, flash = noFlash }: PageRequest = {}): Promise<FirstPage | undefined> {
      const place = router.find(url)
      if (!place) return undefined
      return renderFirstPage({ tokens, registry }, { view: place.view, place, webSession, session: {}, flash })
    },
    /** The page of a view that the application itself chose, with a session of its own (LV-15). */
    render: (
      view: LiveView,
      session: Readonly<Record<string, unknown>> = {},
      { webSession = {}, flash = noFlash }: PageRequest = {},
    ): Promise<FirstPage> => renderFirstPage({ tokens, registry }, { view, webSession, session, flash }),
  }
}
