import type { FastifyInstance, FastifyReply } from 'fastify'
import { ActorExited } from '../../runtime/index.ts'
import type { Panels } from './live/panels.ts'
import { workshopPage } from './page.ts'
import type { Workshop } from './workshop.ts'

interface WorkshopRoutes {
  workshop: Workshop
  panels: Panels
  heartbeatMs: number
}

type Use = () => boolean | Promise<boolean>

const text = (answer: FastifyReply, status: number, sentence: string) =>
  answer.code(status).type('text/plain; charset=utf-8').send(`${sentence}\n`)

/** The pages and endpoints of both parts (MR-1). A refused use gets 500 (MR-13). */
export function workshopRoutes(web: FastifyInstance, { workshop, panels, heartbeatMs }: WorkshopRoutes) {
  function endpoint(path: string, use: Use, done: string, refused: { status: number; sentence: string }) {
    web.get(path, async (_request, answer) => {
      try {
        return (await use()) ? text(answer, 200, done) : text(answer, refused.status, refused.sentence)
      } catch (error) {
        if (error instanceof ActorExited) return text(answer, 503, 'The workshop is being restarted; try again.')
        throw error
      }
    })
  }

  const full = { status: 500, sentence: 'MockResource is at its limit.' }
  endpoint('/part1/serial', workshop.serial, 'MockResource was used.', full)
  endpoint('/part1/async', workshop.async, 'MockResource is being used.', full)
  const queueFull = { status: 503, sentence: 'The queue is full.' }
  endpoint('/part2/genstage', workshop.enqueue, 'The event is in the queue.', queueFull)

  for (const path of ['/part1', '/part2'])
    web.get(path, async (request, answer) => {
      const page = await panels.page(`${request.protocol}://${request.host}${request.url}`)
      if (page?.kind !== 'page') return answer.callNotFound()
      const html = workshopPage({ title: page.title ?? 'Workshop', content: page.content.text, heartbeatMs })
      return answer.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(html)
    })
}
