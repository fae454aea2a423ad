import { type FastifyInstance, fastify } from 'fastify'
import { z } from 'zod'
import { sameSecret } from '../platform/same-secret.ts'
import type { TamperRule } from '../pubsub/index.ts'
import { ActionRefused, type ControlAction, controlAction } from './action.ts'
import { openApiOf } from './openapi.ts'
import type { ControlPages } from './pages.ts'

/** What the control port can do to any node; `system/node` supplies it. */
export interface ControlActions {
  health(): Record<string, unknown>
  ready(): { ready: boolean } & Record<string, unknown>
  state(): Record<string, unknown>
  actors(): Record<string, unknown>[]
  /** Returns the id of the actor that was killed, or undefined when there is none. */
  killActor(which: { id?: string | undefined; name?: string | undefined }): string | undefined
  /** Breaks the connections that have joined the topic; returns their ids. */
  dropConnections(topic: string): string[]
  /** Closes `count` connections, or all but `keep`, in such a way that clients connect again; returns how many are closed at once. */
  shed(order: { count: number } | { keep: number }): number
  broadcast(topic: string, event: string, payload: unknown): void
  /** Makes a handler wait `delayMs` before it runs; 0 ends that. */
  delay(handler: string, delayMs: number): void
  /** Shifts the node's time of day; 0 sets it right. */
  skewClock(byMs: number): void
  /** What happens to messages of other nodes on their way in; replaces all rules before. */
  tamper(rules: readonly TamperRule[]): void
  /** Keeps the event loop busy. */
  block(forMs: number): void
  /** What the process uses now, garbage included. */
  memory(): { heapBytes: number; rssBytes: number }
  /** Collects all garbage (RT-67): the heap in use before and after it, and for how long nothing else ran. */
  collect(): { beforeBytes: number; heapBytes: number; tookMs: number }
}

const yearMs = 366 * 86_400_000
const bodies = {
  drop: z.strictObject({ topic: z.string().min(1) }),
  shed: z.union(
    [z.strictObject({ count: z.number().int().min(1) }), z.strictObject({ keep: z.number().int().min(0) })],
    'expected a count, or how many to keep',
  ),
  broadcast: z
    .strictObject({
      topic: z.string().min(1),
      event: z.string().min(1),
      payload: z.record(z.string(), z.unknown()).optional(),
      base64: z.base64().optional(),
    })
    .refine(
      ({ payload, base64 }) => (payload === undefined) !== (base64 === undefined),
      'expected a payload, or bytes in base64',
    ),
  kill: z
    .strictObject({ id: z.string().optional(), name: z.string().optional() })
    .refine((body) => body.id !== undefined || body.name !== undefined, 'expected an id or a name'),
  clock: z.strictObject({ skewMs: z.number().int().min(-yearMs).max(yearMs) }),
  messages: z.strictObject({
    rules: z.array(
      z.strictObject({
        topics: z.array(z.string().min(1)).min(1),
        effect: z.enum(['drop', 'delay', 'duplicate', 'reorder']),
        delayMs: z.number().int().min(1).max(60_000),
      }),
    ),
  }),
  memory: z.unknown(),
  block: z.strictObject({ forMs: z.number().int().min(1).max(60_000) }),
  delay: z.strictObject({ handler: z.string().min(1), delayMs: z.number().int().min(0).max(600_000) }),
}

interface ControlOptions {
  secret: string
  actions: ControlActions
  pages?: ControlPages | undefined
  /** Actions of the applications. */
  more?: readonly ControlAction[]
}

/**
 * Lets an operator or a harness manipulate one node. Loopback, bearer secret. 401 without the secret, 400 for a bad body, 404 for an
 * unknown id, 503 when the node cannot do it now.
 */
export function createControl({ secret, actions, pages, more = [] }: ControlOptions): FastifyInstance {
  const control = fastify({ logger: false, forceCloseConnections: true })
  control.addHook('onRequest', async (request, answer) => {
    const isTrusted = sameSecret(request.headers.authorization ?? '', `Bearer ${secret}`)
    if (!isTrusted && !pages?.admits(request))
      return answer.code(401).send({ error: 'expected the header authorization: Bearer <secret of this node>' })
  })
  control.setErrorHandler((error: Error & { statusCode?: number }, _request, answer) =>
    answer.code(statusOf(error)).send({ error: error.message }),
  )
  control.setNotFoundHandler((request, answer) =>
    answer.code(404).send({ error: `no route ${request.method} ${request.url}` }),
  )
  control.get('/health', async () => actions.health())
  control.get('/ready', async (_request, answer) => {
    const state = actions.ready()
    return answer.code(state.ready ? 200 : 503).send(state)
  })
  control.get('/state', async () => actions.state())
  control.get('/actors', async () => ({ actors: actions.actors() }))
  control.get('/memory', async () => actions.memory())
  const offered = [...nodeActions(actions), ...more]
  for (const { path, run } of offered) control.post(path, async ({ body }) => run(body))
  pages?.register(control)
  control.get('/openapi.json', async () => openApiOf(offered))
  return control
}

const ok = { ok: true }

const nodeActions = (actions: ControlActions): ControlAction[] => [
  controlAction(['/actors/kill', 'Kills one actor or connection, by id or by name.'], bodies.kill, (which) => {
    const killedId = actions.killActor(which)
    if (killedId === undefined) throw new ActionRefused(404, `there is no actor ${which.name ?? which.id}`)
    return { killedId }
  }),
  controlAction(
    ['/connections/drop', 'Breaks every connection that has a topic joined, without a word.'],
    bodies.drop,
    ({ topic }) => {
      const droppedIds = actions.dropConnections(topic)
      if (droppedIds.length === 0) throw new ActionRefused(404, `nobody here has joined ${topic}`)
      return { droppedIds }
    },
  ),
  controlAction(
    ['/connections/shed', 'Closes a number of connections, or all but a number; their clients connect again.'],
    bodies.shed,
    (order) => ({ shed: actions.shed(order) }),
  ),
  controlAction(
    ['/broadcast', 'Broadcasts an event to all who have joined the topic on any node: a payload, or bytes in base64.'],
    bodies.broadcast,
    ({ topic, event, payload, base64 = '' }) => {
      actions.broadcast(topic, event, payload ?? Buffer.from(base64, 'base64'))
      return ok
    },
  ),
  controlAction(
    ['/delay', 'Makes a handler wait before it runs; 0 ends that.'],
    bodies.delay,
    ({ handler, delayMs }) => {
      actions.delay(handler, delayMs)
      return ok
    },
  ),
  controlAction(['/clock', "Shifts the node's time of day; 0 sets it right."], bodies.clock, ({ skewMs }) => {
    actions.skewClock(skewMs)
    return ok
  }),
  controlAction(
    ['/messages', 'Says what happens to messages of other nodes on their way in.'],
    bodies.messages,
    ({ rules }) => {
      actions.tamper(rules)
      return ok
    },
  ),
  controlAction(['/memory', 'Collects all garbage; returns the heap in use before and after.'], bodies.memory, () =>
    actions.collect(),
  ),
  controlAction(['/block', 'Keeps the event loop busy.'], bodies.block, ({ forMs }) => {
    // The answer goes out first: nothing is answered while the event loop is blocked.
    setImmediate(() => actions.block(forMs))
    return ok
  }),
]

function statusOf(error: Error & { statusCode?: number }): number {
  if (error.name === 'UnknownId') return 404
  return error.statusCode && error.statusCode < 500 ? error.statusCode : 503
}
