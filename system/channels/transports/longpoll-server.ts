import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { PubSub } from '../../pubsub/index.ts'
import type { Admission } from '../admission.ts'
import { originAllowed } from '../origin.ts'
import type { Params } from '../params.ts'
import type { Session } from '../session.ts'
import type { SocketDefinition } from '../socket-definition.ts'
import { createTokens, type Sealer } from '../token.ts'
import {
  answerBadRequest,
  answerJson,
  answerOptions,
  BodyTooLarge,
  framesOf,
  openPollSession,
  type PollAnswer,
  type PollSession,
  readBody,
} from './longpoll.ts'
import { createPollRelay } from './poll-relay.ts'
import type { Outlet } from './transport.ts'

interface LongPollOptions {
  pubsub: PubSub
  clock: Clock
  log: Log
  secret: string
  sealer?: Sealer
  publicHost: string
  admit(definition: SocketDefinition, request: IncomingMessage, params: Params): Promise<Admission>
  sendBufferMaxBytes: number
  open(definition: SocketDefinition, admitted: Admitted, outlet: Outlet): Session
}

type Admitted = Extract<Admission, { kind: 'admitted' }>

/** The purpose of the tokens that identify a session. */
const longPollSalt = 'longpoll session'
const tokenAgeMaxS = 14 * 86_400
const bodyMaxBytes = 8 * 1024 * 1024
/** A client that does not poll for two windows is gone; it needs a moment between two polls. */
const idleWindowsMax = 2
const relayGraceMs = 2_000

interface Visit {
  definition: SocketDefinition
  request: IncomingMessage
  response: ServerResponse
  params: Params
}

/** The long polls of one node: its sessions by id, and a relay for the sessions of other nodes (CH-19..CH-23). */
export function createLongPolls(options: LongPollOptions) {
  const { pubsub, clock, log, secret, sealer, publicHost, admit, sendBufferMaxBytes, open } = options
  const tokens = createTokens({ secret, salt: longPollSalt, ageMaxS: tokenAgeMaxS, clock, ...(sealer && { sealer }) })
  const sessions = new Map<string, PollSession>()
  const relay = createPollRelay({ pubsub, clock, sessionOf: (id) => sessions.get(id) })

  let isDraining = false

  const windowOf = ({ options: { longpoll } = {} }: SocketDefinition) => longpoll?.windowMs ?? 0

  /** The node and id of a request's session, from its token. */
  async function placeOf({ request, params, definition }: Visit) {
    const token = params.token ?? request.headers['x-phoenix-longpoll-token']
    if (typeof token !== 'string') return undefined
    const verified = await tokens.verify(token)
    if (verified.kind !== 'valid') return undefined
    const { node, id, path } = verified.data as { node: string; id: string; path: string }
    // A token of one socket's session is not valid on another socket.
    return path === definition.path ? { node, id, token } : undefined
  }

  async function poll(visit: Visit) {
    const place = await placeOf(visit)
    const answer = place && (await fetchMessages(place, windowOf(visit.definition)))
    if (!place || !answer || answer.status === 410) return newSession(visit)
    // The next poll comes over a connection of its own, which need not lead to this node.
    if (isDraining) visit.response.shouldKeepAlive = false
    answerJson(visit.response, { ...answer, token: place.token })
  }

  function fetchMessages({ node, id }: { node: string; id: string }, windowMs: number) {
    if (node === pubsub.nodeName) return sessions.get(id)?.poll()
    return relay.remote(node, id).poll(windowMs + relayGraceMs)
  }

  async function newSession({ definition, request, response, params }: Visit) {
    const admission = await admit(definition, request, params)
    if (admission.kind === 'denied') return refuse(response, admission.status)
    // Nobody would poll a session that is opened for a client that left while its poll waited.
    if (response.destroyed) return
    const id = randomUUID()
    const windowMs = windowOf(definition)
    const session = openPollSession({
      clock,
      serializer: admission.serializer,
      windowMs,
      idleTimeoutMs: windowMs * idleWindowsMax,
      sendBufferMaxBytes,
      open: (outlet) => open(definition, admission, outlet),
      onEnd: () => sessions.delete(id),
    })
    sessions.set(id, session)
    const data = { node: pubsub.nodeName, id, path: definition.path }
    const token = await tokens.sign(data)
    answerJson(response, { status: 410, token, messages: [] } satisfies PollAnswer & { token: string })
  }

  async function publish(visit: Visit) {
    const { request, response } = visit
    const place = await placeOf(visit)
    const frames = framesOf(await readBody(request, bodyMaxBytes), request.headers['content-type'])
    const taken = place && (await publishFrames(place, frames))
    answerJson(response, { status: taken ? 200 : 410 })
  }

  function publishFrames({ node, id }: { node: string; id: string }, frames: (string | Buffer)[]) {
    if (node === pubsub.nodeName) return sessions.get(id)?.publish(frames)
    return relay.remote(node, id).publish(frames, relayGraceMs)
  }

  function refuse(response: ServerResponse, status: number) {
    if (status === 403) answerJson(response, { status })
    else response.writeHead(status).end()
  }

  async function visit(one: Visit) {
    const { request, response, definition } = one
    if (request.method === 'OPTIONS') return answerOptions(request, response)
    if (request.method !== 'GET' && request.method !== 'POST') return answerBadRequest(response)
    if (!originAllowed(request.headers.origin, publicHost, definition.options?.checkOrigin))
      return refuse(response, 403)
    return request.method === 'GET' ? poll(one) : publish(one)
  }

  return {
    /** `polls` counts the sessions of this node, `relayed` the requests that wait for another node. */
    held: () => ({
      polls: sessions.size,
      relayed: relay.waitingCount(),
      unreadBytes: [...sessions.values()].reduce((sum, { unreadBytes }) => sum + unreadBytes, 0),
    }),
    /** Ends the polls of sessions that live on other nodes: their clients go on elsewhere, with the same session (RT-13, CH-23). */
    drain() {
      isDraining = true
      relay.drain()
    },
    /** Responds to one request; never throws. */
    async handle(one: Visit) {
      try {
        await visit(one)
      } catch (error) {
        const status = error instanceof BodyTooLarge ? 413 : 500
        log.warn({ socket: one.definition.name, reason: (error as Error).message }, 'a long poll failed')
        if (!one.response.headersSent) one.response.writeHead(status).end()
      }
    },
  }
}
