import type { NodeHolds } from '../history/inventory.ts'
import type { SentByKind } from '../history/sent.ts'
import { NotSupported } from '../platform/errors.ts'
import { HttpTimeout, sendHttp } from '../platform/http.ts'
import { jsonIn } from '../platform/json.ts'
import { controlWithinMs } from '../timing.ts'

export class ControlError extends Error {
  override name = 'ControlError'
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
/** There was no response; the requested action may have happened. */
export class ControlTimeout extends Error {
  override name = 'ControlTimeout'
}

/** The state that every node reports; applications add fields to it. */
export interface NodeState {
  node: string
  subscriptions: Record<string, number>
  connections: { id: string; socket: string; topics: string[] }[]
  /** Number of handled pushes by kind of channel. */
  pushes: Record<string, number>
  peers: Record<string, { connected: boolean }>
  counters: Record<string, number>
  holds: NodeHolds
  /** Actors that hibernate. */
  hibernated?: number
  /** What it has sent to other nodes; undefined of a node that is alone. */
  sent?: SentByKind
}

export interface ActorInfo {
  id: string
  name?: string
  /** `channel`, `transport`, `inventory`, `replication`, `database`. */
  role?: string
  mailboxLength: number
  handled: number
  alive: boolean
  hibernated?: boolean
}
/** Applications add their own conditions. */
export interface Readiness {
  ready: boolean
  /** A node of somebody else's system need not say whom it sees. */
  peers?: Record<string, boolean>
}

export type ControlClient = ReturnType<typeof createControlClient>

/**
 * Client of a node's control port, direct and not through a link. An error response throws ControlError, a timeout ControlTimeout. The node of
 * somebody else's system (`foreign` is its name) need not offer everything: what it does not know throws NotSupported.
 */
export function createControlClient(baseUrl: string, secret: string, foreign?: string) {
  const authorization = { authorization: `Bearer ${secret}` }

  async function request<T>(
    path: string,
    body?: unknown,
    withinMs = controlWithinMs,
  ): Promise<{ status: number; body: T }> {
    const method = body === undefined ? 'GET' : 'POST'
    const { status, text } = await sendHttp(`${baseUrl}${path}`, {
      method,
      headers: body === undefined ? authorization : { ...authorization, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      withinMs,
    }).catch((error: Error) => {
      if (error instanceof HttpTimeout) throw new ControlTimeout(`${path}: ${error.message}`)
      throw new ControlError(0, `${path}: ${error.message}`)
    })
    const answer = jsonIn(text)
    if (foreign !== undefined && isNotOffered(status, answer, body))
      throw new NotSupported(`the control port of ${foreign} does not offer ${method} ${path} (it answers ${status})`)
    if (answer === undefined) throw new ControlError(status, `${path}: status ${status} without JSON`)
    return { status, body: answer as T }
  }

  async function call<T>(path: string, body?: unknown, withinMs?: number): Promise<T> {
    const answer = await request<T & { error?: string }>(path, body, withinMs)
    if (answer.status >= 400)
      throw new ControlError(answer.status, answer.body.error ?? `${path}: status ${answer.status}`)
    return answer.body
  }

  return {
    /** Runs an action of an application. */
    post: call,
    health: (withinMs?: number) =>
      call<{ node: string; pid: number; uptimeMs: number }>('/health', undefined, withinMs),
    /** Also succeeds while the node is not ready. */
    ready: async <R extends Readiness = Readiness>() => (await request<R>('/ready')).body,
    state: <S extends NodeState = NodeState>() => call<S>('/state'),
    actors: async () => (await call<{ actors: ActorInfo[] }>('/actors')).actors,
    killActor: async (id: string) => (await call<{ killedId: string }>('/actors/kill', { id })).killedId,
    dropConnections: async (topic: string) =>
      (await call<{ droppedIds: string[] }>('/connections/drop', { topic })).droppedIds,
    /** Returns how many connections were closed at once. */
    shed: async (order: { count: number } | { keep: number }) =>
      (await call<{ shed: number }>('/connections/shed', order)).shed,
    broadcast: (topic: string, event: string, payload: object) =>
      call<{ ok: true }>('/broadcast', { topic, event, payload }),
    broadcastBytes: (topic: string, event: string, bytes: Buffer) =>
      call<{ ok: true }>('/broadcast', { topic, event, base64: bytes.toString('base64') }),
    skewClock: (skewMs: number) => call<{ ok: true }>('/clock', { skewMs }),
    tamper: (rules: object[]) => call<{ ok: true }>('/messages', { rules }),
    heapBytes: async () => (await call<{ heapBytes: number }>('/memory', {})).heapBytes,
    /** With garbage. */
    memory: () => call<{ heapBytes: number; rssBytes: number }>('/memory'),
    /** Collects all garbage of the node. */
    collect: () => call<{ beforeBytes: number; heapBytes: number; tookMs: number }>('/memory', {}),
    block: (forMs: number) => call<{ ok: true }>('/block', { forMs }),
    delay: (handler: string, delayMs: number) => call<{ ok: true }>('/delay', { handler, delayMs }),
  }
}

/**
 * Whether an answer says that there is no such route. Where what was asked for is missing, such as an actor, the sentence in `error` names it.
 * Pure.
 */
export function isNotOffered(status: number, answer: unknown, asked: unknown): boolean {
  if (status === 405 || status === 501) return true
  if (status !== 404) return false
  const { error } = (answer ?? {}) as { error?: unknown }
  const names = Object.values((asked ?? {}) as object).map(String)
  return !(typeof error === 'string' && names.some((name) => name !== '' && error.includes(name)))
}
