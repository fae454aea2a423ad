// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { talkPage } from '../../../../../system/apps/talk/page.ts'
import { closePageCase, openPageCase, type PageCase, setReachable } from '../../../../support/page-case.ts'

/** What the server answers, by method and path; what is not there fails as a lost connection does. */
let answers: Record<string, (body: unknown) => Response>
const json = (value: unknown, status = 200) => Response.json(value, { status })

let page: PageCase
beforeEach(async () => {
  answers = {}
  page = await openPageCase(talkPage(2_000), () => import('../../../../../system/apps/talk/client/talk.ts'))
  vi.stubGlobal('fetch', async (url: string, { method = 'GET', body }: { method?: string; body?: string } = {}) => {
    const answer = answers[`${method} ${url}`]
    if (!answer) throw new TypeError('Failed to fetch')
    return answer(body && JSON.parse(body))
  })
})
afterEach(closePageCase)

const button = (run: string) => document.querySelector<HTMLButtonElement>(`[data-run="${run}"]`)!
const isBusy = (run: string) => button(run).disabled
const saysOf = (name: string) => page.text(`[data-value="${name}"]`)
const jobs = () => [...document.querySelectorAll('.jobs li')].map(({ textContent }) => textContent)
const parts = () => ['compute', 'slow', 'also_slow'].map((name) => page.text(`[data-part="${name}"]`))

async function press(run: string, forMs = 50) {
  button(run).click()
  await page.pass(forMs)
}

describe('each button ends in a word, and can be pressed again', () => {
  it.each(['serial', 'parallel', 'browser'])('%s, when nobody answers', async (run) => {
    await press(run)
    expect(parts()).toEqual(['Failed to fetch', 'Failed to fetch', 'Failed to fetch'])
    expect(isBusy(run)).toBe(false)
  })

  it.each([
    ['export', 'export'],
    ['export-now', 'export'],
    ['rates', 'rates'],
    ['seats', 'seats'],
  ])('%s, when nobody answers', async (run, place) => {
    await press(run)
    expect(saysOf(place)).toBe('It failed: Failed to fetch')
    expect(isBusy(run)).toBe(false)
  })

  it('job, when nobody answers, and when its node does not know of it any more', async () => {
    await press('job')
    expect(jobs()).toEqual(['priority 0: nothing is known of it, Failed to fetch'])
    answers['POST /talk/jobs'] = () => json({ id: '7' }, 202)
    answers['GET /talk/jobs/7'] = () => json({ status: 'running', node: 'n1' })
    await press('job')
    expect(jobs()[1]).toBe('priority 0: running on n1')
    expect(isBusy('job')).toBe(true)
    answers['GET /talk/jobs/7'] = () => json({ error: 'unknown_job' }, 404)
    await page.pass(200)
    expect(jobs()[1]).toBe('priority 0: nothing is known of it, answered 404')
    expect(isBusy('job')).toBe(false)
  })

  it('job, each in a line of its own', async () => {
    answers['POST /talk/jobs'] = (body) => json({ id: String((body as { priority: number }).priority) }, 202)
    for (const id of ['0', '5']) answers[`GET /talk/jobs/${id}`] = () => json({ status: 'done', node: `n${id}` })
    await press('job', 200)
    document.querySelector<HTMLInputElement>('[name="priority"]')!.value = '5'
    await press('job', 200)
    expect(jobs()).toEqual(['priority 0: done on n0', 'priority 5: done on n5'])
  })

  it('parallel, with the part that failed in its own place', async () => {
    const some = { compute: { value: 1 }, slow: { error: 'unavailable' }, also_slow: { value: 3 } }
    answers['GET /talk/parallel?fail=slow'] = () => json(some)
    document.querySelector<HTMLInputElement>('[name="fail"]')!.checked = true
    await press('parallel')
    expect(parts()).toEqual(['answer 1', 'unavailable', 'answer 3'])
    expect(document.querySelectorAll('.unavailable')).toHaveLength(1)
    answers['GET /talk/parallel'] = () => json({ ...some, slow: { value: 2 } })
    document.querySelector<HTMLInputElement>('[name="fail"]')!.checked = false
    await press('parallel')
    expect(document.querySelectorAll('.unavailable')).toHaveLength(0)
  })
})

describe('an export', () => {
  const topic = 'export:7'
  beforeEach(() => {
    answers['POST /talk/exports'] = () => json({ id: '7', topic }, 202)
    page.replies.phx_join = () => ({ status: 'ok', response: { status: 'running', step: 'fetch', done: 1, total: 5 } })
  })
  const bar = () => document.querySelector('progress')!.value

  it('is shown step by step, with a link at its end, and leaves its topic', async () => {
    await press('export')
    expect([saysOf('export'), bar()]).toEqual(['fetch is done, step 1 of 5', 1])
    page.push(topic, 'progress', { step: 'flag', done: 2, total: 5 })
    expect([saysOf('export'), bar()]).toEqual(['flag is done, step 2 of 5', 2])
    page.push(topic, 'done', { url: '/talk/exports/7.csv' })
    expect(document.querySelector('[data-value="export"] a')!.getAttribute('href')).toBe('/talk/exports/7.csv')
    await page.pass(10)
    expect([isBusy('export'), page.sent('phx_leave').length, bar()]).toEqual([false, 1, 5])
  })

  it('says nothing of the one before it', async () => {
    await press('export')
    page.push(topic, 'done', { url: '/talk/exports/7.csv' })
    await page.pass(10)
    answers['POST /talk/exports'] = () => json({ id: '8', topic: 'export:8' }, 202)
    page.replies.phx_join = () => undefined
    await press('export')
    expect([saysOf('export'), bar()]).toEqual(['It is being asked for …', 0])
  })

  it('says that the connection is lost, and goes on when it is back', async () => {
    await press('export')
    setReachable(false)
    page.socket().ends(1_006)
    expect(saysOf('export')).toBe('The connection is lost. Trying again …')
    await page.pass(20_000)
    expect(saysOf('export')).toBe('The connection is lost. Trying again …')
    page.replies.phx_join = () => ({ status: 'ok', response: { status: 'done', url: '/talk/exports/7.csv' } })
    setReachable(true)
    await page.pass(6_000)
    expect(saysOf('export')).toBe('Done: download')
    expect(isBusy('export')).toBe(false)
  })

  it('says so when nobody answers its join', async () => {
    page.replies.phx_join = () => undefined
    await press('export', 10_100)
    expect(saysOf('export')).toBe('The connection is lost. Trying again …')
  })

  it('says why it failed, or that nobody knows it', async () => {
    await press('export')
    page.push(topic, 'failed', { reason: 'the disk is full' })
    await page.pass(10)
    expect([saysOf('export'), isBusy('export')]).toEqual(['It failed: the disk is full', false])
    page.replies.phx_join = () => ({ status: 'error', response: { reason: 'unknown_export' } })
    await press('export')
    expect([saysOf('export'), isBusy('export')]).toEqual(['It failed: unknown_export', false])
  })
})
