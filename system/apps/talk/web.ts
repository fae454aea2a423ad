import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { describeIssues } from '../../platform/issues.ts'
import { ActorExited, ChildRefused, TaskTimeout } from '../../runtime/index.ts'
import { type PartChanges, partNames } from './dashboard.ts'
import { type Format, formats } from './exports/export-file.ts'
import { topicOf } from './exports/exports.ts'
import { jobKinds } from './jobs/job-queue.ts'
import { talkPage } from './page.ts'
import type { Talk } from './talk.ts'

interface TalkRoutes {
  talk: Pick<Talk, 'dashboard' | 'exports' | 'cache' | 'seats' | 'addJob' | 'jobOf'>
  heartbeatMs: number
}

/** These need no HEAD routes, and each route takes time when a node starts. */
const getOnly = { exposeHeadRoute: false }
const delayMaxMs = 10_000

/** `?fail=slow` and `?slow_ms=3000`: for this request only. */
const partQuery = z.object({
  fail: z.enum(partNames).optional(),
  compute_ms: z.coerce.number().int().min(0).max(delayMaxMs).optional(),
  slow_ms: z.coerce.number().int().min(0).max(delayMaxMs).optional(),
  also_slow_ms: z.coerce.number().int().min(0).max(delayMaxMs).optional(),
})
const exportBody = z.object({ format: z.enum(formats).default('csv') }).prefault({})
const jobBody = z
  .object({ kind: z.enum(jobKinds).default('wait'), priority: z.int().min(0).max(9).default(0) })
  .prefault({})
const seatsBody = z
  .object({ who: z.string().max(100).default('somebody'), seats: z.int().min(1).max(100).default(1) })
  .prefault({})

/** The endpoints of all demos, and the page that shows them (RT-36). */
export function talkRoutes(web: FastifyInstance, { talk, heartbeatMs }: TalkRoutes) {
  web.get('/talk', async (_request, answer) =>
    answer.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(talkPage(heartbeatMs)),
  )
  dashboardRoutes(web, talk)
  exportRoutes(web, talk)
  jobRoutes(web, talk)

  web.get('/talk/rates', getOnly, async (_request, answer) => answered(answer, () => talk.cache.read()))
  web.get('/talk/seats', getOnly, async () => ({ left: talk.seats.left() }))
  web.post('/talk/seats', async ({ body }, answer) => {
    const order = seatsBody.safeParse(body ?? {})
    if (!order.success) return refused(answer, order.error)
    return answered(answer, async () => {
      const taken = await talk.seats.take(order.data)
      return taken.taken ? taken : answer.code(409).send(taken)
    })
  })
}

/** Lookup, calculation, two external calls and tracking: serial, parallel, and one part for a browser that puts the page together (RT-37, RT-38, RT-48). */
function dashboardRoutes(web: FastifyInstance, { dashboard }: Pick<Talk, 'dashboard'>) {
  for (const kind of ['serial', 'parallel'] as const)
    web.get(`/talk/${kind}`, getOnly, async ({ query }, answer) => {
      const changes = partQuery.safeParse(query)
      if (!changes.success) return refused(answer, changes.error)
      return dashboard[kind](changesOf(changes.data))
    })
  web.get<{ Params: { name: string } }>('/talk/parts/:name', getOnly, async ({ params, query }, answer) => {
    const name = partNames.find((one) => one === params.name)
    if (!name) return answer.callNotFound()
    const changes = partQuery.safeParse(query)
    return changes.success ? dashboard.part(name, changesOf(changes.data)) : refused(answer, changes.error)
  })
}

function exportRoutes(web: FastifyInstance, { exports }: Pick<Talk, 'exports'>) {
  web.post('/talk/exports', async ({ body }, answer) => {
    const wanted = exportBody.safeParse(body ?? {})
    if (!wanted.success) return refused(answer, wanted.error)
    return answered(answer, async () => {
      const id = await exports.start(wanted.data.format)
      return answer.code(202).send({ id, topic: topicOf(id) })
    })
  })
  web.post('/talk/exports/now', async ({ body }, answer) => {
    const wanted = exportBody.safeParse(body ?? {})
    if (!wanted.success) return refused(answer, wanted.error)
    return answered(answer, async () => ({ url: await exports.withinRequest(wanted.data.format) }))
  })
  web.get<{ Params: { file: string } }>('/talk/exports/:file', getOnly, async ({ params }, answer) =>
    answered(answer, async () => {
      const [id = '', format] = params.file.split('.')
      const file = await exports.content(id)
      return file && file.format === format ? sendFile(answer, file.format, file.content) : answer.callNotFound()
    }),
  )
}

const typeOf: Readonly<Record<Format, string>> = { csv: 'text/csv', json: 'application/json' }

const sendFile = (answer: FastifyReply, format: Format, content: string) =>
  answer
    .type(`${typeOf[format]}; charset=utf-8`)
    .header('content-disposition', `attachment; filename="products.${format}"`)
    .send(content)

function jobRoutes(web: FastifyInstance, { addJob, jobOf }: Pick<Talk, 'addJob' | 'jobOf'>) {
  web.post('/talk/jobs', async ({ body }, answer) => {
    const wanted = jobBody.safeParse(body ?? {})
    if (!wanted.success) return refused(answer, wanted.error)
    return answered(answer, async () => answer.code(202).send({ id: await addJob(wanted.data) }))
  })
  web.get<{ Params: { id: string } }>('/talk/jobs/:id', getOnly, async ({ params }, answer) =>
    answered(answer, async () => (await jobOf(params.id)) ?? answer.code(404).send({ error: 'unknown_job' })),
  )
}

const changesOf = (query: z.infer<typeof partQuery>): PartChanges =>
  Object.fromEntries(
    partNames.map((name) => {
      const delayMs = query[`${name}_ms`]
      return [name, { ...(query.fail === name && { fails: true }), ...(delayMs !== undefined && { delayMs }) }]
    }),
  )

const refused = (answer: FastifyReply, error: z.ZodError) => answer.code(400).send({ error: describeIssues(error) })

/** Turns a part that restarts, an unreachable database and a failed stub into 503 or 504, because the node itself has not failed. */
async function answered(answer: FastifyReply, work: () => Promise<unknown>) {
  try {
    return await work()
  } catch (error) {
    if (error instanceof TaskTimeout) return answer.code(504).send({ error: 'it takes too long for a request' })
    if (error instanceof ActorExited) return answer.code(503).send({ error: 'it is being restarted; try again' })
    if (error instanceof ChildRefused) return answer.code(503).send({ error: 'too many at once; try again' })
    if (isUnavailable(error))
      return answer.code(503).send({ error: 'something that it needs does not answer; try again' })
    throw error
  }
}

/** The stub failed, or the database cannot be reached, ends, is full or read-only. Any other refusal of the database is a bug of this node. */
function isUnavailable(error: unknown): boolean {
  const { name = '', message = '', code = '' } = Object(error) as { name?: string; message?: string; code?: string }
  return name === 'StubFailed' || /^(E[A-Z]+$|08|25006|53|57P)/.test(code) || /timeout|terminated/i.test(message)
}
