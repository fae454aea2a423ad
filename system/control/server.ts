import { type FastifyInstance, fastify } from 'fastify'
import { z } from 'zod'
import { sameSecret } from '../platform/same-secret.ts'
import type { TamperRule } from '../pubsub/index.ts'

/** What the control port can do to a node; supplied by the composition root. */
export interface ControlActions {
  health(): Record<string, unknown>
  ready(): { ready: boolean } & Record<string, unknown>
  state(): Record<string, unknown>
  actors(): Record<string, unknown>[]
  /** Returns the id of the killed actor; undefined if there is none. */
  killActor(which: { id?: string | undefined; name?: string | undefined }): string | undefined
  /** Breaks the connections that have joined the topic; returns their ids. */
  dropConnections(topic: string): string[]
  release(productId: number): Promise<void>
  sell(itemId: number): Promise<boolean>
  reduce(options: { unitsPerStep?: number; delayMs?: number }): Promise<number>
  broadcast(topic: string, event: string, payload: unknown): void
  notifyRelease(productId: number): void
  notifyStock(itemId: number, availableCount: number): string
  delay(handler: string, delayMs: number): void
  /** Offsets the node's wall clock; 0 resets it. */
  skewClock(byMs: number): void
  /** Replaces the rules for messages received from other nodes. */
  tamper(rules: readonly TamperRule[]): void
  /** Blocks the event loop for so long. */
  block(forMs: number): void
  /** Heap in use after a garbage collection. */
  heapBytes(): number
}

const yearMs = 366 * 86_400_000
const id = z.number().int().positive()
const bodies = {
  drop: z.strictObject({ topic: z.string().min(1) }),
  release: z.strictObject({ productId: id }),
  sell: z.strictObject({ itemId: id }),
  reduce: z.strictObject({
    unitsPerStep: z.number().int().positive().optional(),
    delayMs: z.number().int().min(0).optional(),
  }),
  broadcast: z.strictObject({
    topic: z.string().min(1),
    event: z.string().min(1),
    payload: z.record(z.string(), z.unknown()),
  }),
  notifyRelease: z.strictObject({ productId: id }),
  notifyStock: z.strictObject({ itemId: id, availableCount: z.number().int().min(0) }),
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
  block: z.strictObject({ forMs: z.number().int().min(1).max(60_000) }),
  delay: z.strictObject({ handler: z.string().min(1), delayMs: z.number().int().min(0).max(600_000) }),
}

class BadBody extends Error {}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {})
  if (parsed.success) return parsed.data
  throw new BadBody(
    parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '),
  )
}

/**
 * The HTTP API by which an operator or a harness controls one node, on loopback and with a bearer secret. 401 without the secret, 400
 * for a bad body, 404 for an unknown id, 503 when the node cannot do it now.
 */
export function createControl({ secret, actions }: { secret: string; actions: ControlActions }): FastifyInstance {
  const control = fastify({ logger: false, forceCloseConnections: true })
  control.addHook('onRequest', async (request, answer) => {
    if (!sameSecret(request.headers.authorization ?? '', `Bearer ${secret}`))
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
  control.post('/actors/kill', async ({ body }, answer) => {
    const which = parse(bodies.kill, body)
    const killedId = actions.killActor(which)
    if (killedId === undefined) return answer.code(404).send({ error: `there is no actor ${which.name ?? which.id}` })
    return { killedId }
  })
  control.post('/connections/drop', async ({ body }, answer) => {
    const { topic } = parse(bodies.drop, body)
    const droppedIds = actions.dropConnections(topic)
    if (droppedIds.length === 0) return answer.code(404).send({ error: `nobody here has joined ${topic}` })
    return { droppedIds }
  })
  control.post('/release', async ({ body }) => {
    await actions.release(parse(bodies.release, body).productId)
    return { ok: true }
  })
  control.post('/sell', async ({ body }, answer) => {
    const sold = await actions.sell(parse(bodies.sell, body).itemId)
    return sold ? { ok: true } : answer.code(409).send({ error: 'out_of_stock' })
  })
  control.post('/reduce', async ({ body }) => {
    const { unitsPerStep, delayMs } = parse(bodies.reduce, body)
    const sold = await actions.reduce({ ...(unitsPerStep && { unitsPerStep }), ...(delayMs && { delayMs }) })
    return { ok: true, sold }
  })
  control.post('/broadcast', async ({ body }) => {
    const { topic, event, payload } = parse(bodies.broadcast, body)
    actions.broadcast(topic, event, payload)
    return { ok: true }
  })
  control.post('/notify/release', async ({ body }) => {
    actions.notifyRelease(parse(bodies.notifyRelease, body).productId)
    return { ok: true, result: 'broadcast' }
  })
  control.post('/notify/stock', async ({ body }) => {
    const { itemId, availableCount } = parse(bodies.notifyStock, body)
    return { ok: true, result: actions.notifyStock(itemId, availableCount) }
  })
  control.post('/delay', async ({ body }) => {
    const { handler, delayMs } = parse(bodies.delay, body)
    actions.delay(handler, delayMs)
    return { ok: true }
  })
  control.post('/clock', async ({ body }) => {
    actions.skewClock(parse(bodies.clock, body).skewMs)
    return { ok: true }
  })
  control.post('/messages', async ({ body }) => {
    actions.tamper(parse(bodies.messages, body).rules)
    return { ok: true }
  })
  control.post('/memory', async () => ({ heapBytes: actions.heapBytes() }))
  control.post('/block', async ({ body }) => {
    const { forMs } = parse(bodies.block, body)
    // After the response, because a blocked node cannot respond.
    setImmediate(() => actions.block(forMs))
    return { ok: true }
  })
  return control
}

function statusOf(error: Error & { statusCode?: number }): number {
  if (error instanceof BadBody) return 400
  if (error.name === 'UnknownId') return 404
  return error.statusCode && error.statusCode < 500 ? error.statusCode : 503
}
