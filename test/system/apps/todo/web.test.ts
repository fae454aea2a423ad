import formBody from '@fastify/formbody'
import { fastify } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { todoRoutes } from '../../../../system/apps/todo/web.ts'
import { ActorExited, ChildRefused } from '../../../../system/runtime/index.ts'
import { type Case, startTodo } from './support.ts'

let one: Case | undefined
afterEach(() => one?.end())

async function startWeb(change: (todo: Case['todo']) => Case['todo'] = (todo) => todo) {
  one = await startTodo()
  const web = fastify()
  await web.register(formBody)
  todoRoutes(web, { todo: change(one.todo), clock: { now: () => Date.UTC(2026, 10, 30, 23, 59) } })
  const post = (url: string, payload: object) => web.inject({ method: 'POST', url, payload })
  return { web, post, ...one }
}

const list = (name: string) => `/todo/list?${new URLSearchParams({ name })}`
const entries = (query: Record<string, string>) => `/todo/entries?${new URLSearchParams(query)}`
const added = { name: "Bob's list", date: '2026-12-01', titles: 'dentist\n\n  <b>shopping</b> \n' }

describe('the pages of the to-do system', () => {
  it('take entries of a form, one on each line, and show them', async () => {
    const { web, startsOf } = await startWeb()
    const body = new URLSearchParams(added).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await web.inject({ method: 'POST', url: '/todo/list', headers, payload: body })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/todo/list?name=Bob%27s+list'])
    const page = await web.inject(String(answer.headers.location))
    expect([page.statusCode, page.headers['cache-control']]).toEqual([200, 'no-store'])
    expect(page.body).toContain('<h1>Bob&#39;s list</h1>')
    expect(page.body).toContain('<li>dentist <time datetime="2026-12-01">2026-12-01</time></li>')
    expect(page.body).toContain('&lt;b&gt;shopping&lt;/b&gt;')
    expect(startsOf("Bob's list")).toBe(1)
  })

  it('offer today as the day of a new entry, and the day that is shown where there is one', async () => {
    const { web } = await startWeb()
    const { body } = await web.inject(list('a'))
    expect(body).toContain('name="date" required value="2026-11-30"')
    expect((await web.inject(`${list('a')}&date=2026-12-01`)).body).toContain('required value="2026-12-01"')
  })

  it('show the entries of one day alone', async () => {
    const { web, post } = await startWeb()
    await post('/todo/entries', added)
    const { body } = await web.inject(`${list(added.name)}&date=2026-11-30`)
    expect(body).toContain('Nothing is to be done on 2026-11-30.')
  })

  it('show all lists and the tree of actors, for light and dark, for phones', async () => {
    const { web, post, idOf } = await startWeb()
    await post('/todo/entries', added)
    await web.inject(list('An empty list'))
    const { body } = await web.inject('/todo')
    expect(body).toContain('>An empty list</a>')
    expect(body).toContain(
      `<a href="/todo/list?name=Bob%27s+list">Bob&#39;s list</a> <span class="soft">actor ${idOf("todo_server:Bob's list")}</span>`,
    )
    expect(body).toContain('todo_process_registry')
    expect(body).toContain('<meta name="color-scheme" content="light dark">')
    expect(body).toContain('width=device-width')
  })

  it('are the same as JSON', async () => {
    const { web, post } = await startWeb()
    const answer = await post('/todo/entries', added)
    expect([answer.statusCode, answer.json()]).toEqual([
      201,
      {
        entries: [
          { id: 1, date: '2026-12-01', title: 'dentist' },
          { id: 2, date: '2026-12-01', title: '<b>shopping</b>' },
        ],
      },
    ])
    expect((await web.inject(entries({ name: added.name, date: '2026-12-02' }))).json()).toEqual({ entries: [] })
    expect((await web.inject(entries({ name: added.name, date: '' }))).json().entries).toHaveLength(2)
  })

  it.each([
    [{ ...added, date: '30.11.2026' }, 'date: expected a date such as 2026-11-30'],
    [{ ...added, name: ' ' }, 'name: give the list a name'],
    [{ ...added, name: '\ud800' }, 'name: expected a name that takes at most 200 letters in an address'],
    [{ ...added, name: 'x'.repeat(201) }, 'name: expected a name that takes at most 200 letters in an address'],
    [{ ...added, titles: '\n' }, 'titles: say what is to be done'],
  ])('refuse %j', async (body, error) => {
    const { post } = await startWeb()
    const answer = await post('/todo/entries', body)
    expect([answer.statusCode, answer.json()]).toEqual([400, { error }])
    expect((await post('/todo/list', body)).statusCode).toBe(400)
  })

  it('answer 503 while a part is being restarted, and 500 for what nobody expected', async () => {
    const failing = (error: Error) => (todo: Case['todo']) => ({ ...todo, entries: () => Promise.reject(error) })
    const restarting = await startWeb(failing(new ActorExited('todo_cache is not running')))
    const answer = await restarting.web.inject(list('a'))
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8'])
    expect(answer.body).toContain('A part of the to-do system is being restarted; try again.')
    await restarting.end()
    const full = await startWeb(failing(new ChildRefused('max_children', 'full')))
    expect((await full.web.inject(list('a'))).body).toContain('Too many lists are open; use one of them.')
    await full.end()
    const broken = await startWeb(failing(new TypeError('oh')))
    expect((await broken.web.inject(list('a'))).statusCode).toBe(500)
  })
})
