import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../../platform/clock.ts'
import { describeIssues } from '../../platform/issues.ts'
import { ActorExited, CallTimeout, ChildRefused } from '../../runtime/index.ts'
import { DatabaseFailed } from './database.ts'
import { readNewEntries, readQuery } from './input.ts'
import { listPage, listPath, overviewPage, problemPage } from './page.ts'
import type { Todo } from './todo.ts'

interface TodoRoutes {
  todo: Todo
  clock: Pick<Clock, 'now'>
}

const html = (answer: FastifyReply, status: number, page: string) =>
  answer.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page)

/**
 * The pages below `/todo`, and the same as JSON at `/todo/entries`. Bad input gets 400. What fails while a part restarts, or with its file,
 * gets 503, and may have been done all the same.
 */
export function todoRoutes(web: FastifyInstance, { todo, clock }: TodoRoutes) {
  web.setErrorHandler<FastifyError>((error, request, answer) => {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    const { status, sentence } = refusal
    if (request.routeOptions.url === '/todo/entries') return answer.code(status).send({ error: sentence })
    return html(answer, status, problemPage(sentence))
  })

  web.get('/todo', async (_request, answer) => {
    const inFiles = await todo.names()
    const running = todo.running()
    // One that was opened and has no entry yet has no file.
    const names = [...new Set([...inFiles, ...running.keys()])].sort()
    return html(answer, 200, overviewPage({ names, running, tree: todo.tree() }))
  })

  web.get('/todo/list', async (request, answer) => {
    const { name, date } = readQuery(request.query)
    const entries = await todo.entries(name, date)
    const serverId = await todo.serverId(name)
    return html(answer, 200, listPage({ name, entries, serverId, date, today: dayOf(clock.now()) }))
  })

  web.post('/todo/list', async (request, answer) => {
    const { name } = await addAll(todo, request.body)
    return answer.redirect(listPath(name), 303)
  })

  web.get('/todo/entries', async (request) => {
    const { name, date } = readQuery(request.query)
    return { entries: await todo.entries(name, date) }
  })

  web.post('/todo/entries', async (request, answer) => {
    const { entries } = await addAll(todo, request.body)
    return answer.code(201).send({ entries })
  })
}

/** `2026-11-30` */
const dayOf = (atMs: number) => new Date(atMs).toISOString().slice(0, 10)

/** Adds all entries at the same time. Rejects when one of them could not be added. */
async function addAll(todo: Todo, body: unknown) {
  const { name, date, titles } = readNewEntries(body)
  return { name, entries: await Promise.all(titles.map((title) => todo.add(name, { date, title }))) }
}

function refusalOf(error: Error): { status: number; sentence: string } | undefined {
  if (error instanceof z.ZodError) return { status: 400, sentence: describeIssues(error) }
  if (error instanceof DatabaseFailed)
    return { status: 503, sentence: 'The list could not be read or written; try again.' }
  if (error instanceof ChildRefused) return { status: 503, sentence: 'Too many lists are open; use one of them.' }
  if (error instanceof ActorExited || error instanceof CallTimeout)
    return { status: 503, sentence: 'A part of the to-do system is being restarted; try again.' }
  return undefined
}
