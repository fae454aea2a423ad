import { connected } from '../../system/channels/index.ts'
import { createLive, type LiveSession } from '../../system/live/index.ts'
import { type Clock, systemClock } from '../../system/platform/clock.ts'
import { type Log, silentLog } from '../../system/platform/log.ts'
import { createPubSub } from '../../system/pubsub/index.ts'
import { liveSessions, otherPages } from '../compat/live/sessions.ts'
import { openCase } from './channel-case.ts'

export const origin = 'http://shop.example'

/** A page as a browser has it: its element, and what it sends with its join. */
export interface LoadedPage {
  topic: string
  content: string
  join: Record<string, unknown>
}

interface LiveCaseOptions {
  clock?: Clock
  log?: Log
  webSession?: Record<string, unknown>
  /** Instead of those of the compatibility application. */
  sessions?: readonly LiveSession[]
}

/** The compatibility application without a network. */
export function createLiveCase(options: LiveCaseOptions = {}) {
  const { clock = systemClock, log = silentLog, webSession = {} } = options
  const pubsub = createPubSub({ nodeName: 'live@node', log })
  const secret = 'a secret that only these tests use'
  const salt = 'a signing salt that only these tests use'
  const sessions = options.sessions ?? liveSessions({ pubsub, clock, csrfTokenOf: () => 'a csrf token' })
  const live = createLive({ secret, salt, clock, log, sessions, otherPages })
  return {
    live,
    pubsub,
    settings: { secret, salt },
    /** A connection that proved that it comes from a page of this application. */
    connect: () => openCase({ ...live.socket, connect: () => connected({ webSession }) }, { clock, log, pubsub }),
    connectUnproven: () => openCase({ ...live.socket, connect: () => connected({}) }, { clock, log, pubsub }),
    async load(path: string, flash: Record<string, string> = {}): Promise<LoadedPage> {
      const page = await live.page(origin + path, { webSession, flash })
      if (page?.kind !== 'page') throw new Error(`${path} did not show a page: ${JSON.stringify(page)}`)
      const [, id, session, staticToken] = elementPattern.exec(page.content.text)!
      const join = { url: origin + path, params: { _mounts: 0 }, session, static: staticToken }
      return { topic: `lv:${id}`, content: page.content.text, join }
    },
  }
}

const elementPattern = /^<div id="([^"]+)" data-phx-main data-phx-session="([^"]+)" data-phx-static="([^"]+)">/

/** The token of a view in a view, from the frame that brought its element. */
export const nestedToken = (frame: unknown): string =>
  /data-phx-session=\\"([^"\\]+)\\"/.exec(JSON.stringify(frame))?.[1] ?? ''

export const event = (name: string, value: unknown = {}, cid?: number) => ({
  type: 'click',
  event: name,
  value,
  ...(cid !== undefined && { cid }),
})
