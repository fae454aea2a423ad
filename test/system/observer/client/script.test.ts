// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { refreshScript } from '../../../../system/observer/client/script.ts'
import { pageOf } from '../../../../system/observer/page/layout.ts'

const pageWith = (body: string) =>
  pageOf({ node: 'n1', view: 'actors', header: '', body, notice: undefined }).replaceAll(/<(link|script)[^>]*>/g, '')

/** What the node serves now; undefined while it does not answer. */
let served: { html: string; status?: number } | undefined
let asked = 0

beforeEach(() => {
  vi.useFakeTimers()
  served = { html: pageWith('first') }
  asked = 0
  vi.stubGlobal('fetch', async () => {
    asked += 1
    if (!served) throw new TypeError('Failed to fetch')
    return new Response(served.html, { status: served.status ?? 200 })
  })
  document.body.innerHTML = new DOMParser().parseFromString(pageWith('first'), 'text/html').body.innerHTML
  new Function(refreshScript)()
})
afterEach(() => {
  vi.clearAllTimers()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const shown = () => document.querySelector('#main')!.textContent!.trim()
const isLost = () => !document.querySelector<HTMLElement>('.lost')!.hidden

describe('the page of the inspector', () => {
  it('is kept up to date (RT-76)', async () => {
    served = { html: pageWith('second') }
    await pass(1_100)
    expect(shown()).toBe('second')
    served = { html: pageWith('third') }
    await pass(1_100)
    expect(shown()).toBe('third')
    expect(document.querySelectorAll('#main')).toHaveLength(1)
  })

  it('says that the node does not answer, or refuses, for as long as that is so', async () => {
    served = undefined
    await pass(1_100)
    expect([isLost(), shown()]).toEqual([true, 'first'])
    served = { html: 'no', status: 500 }
    await pass(1_100)
    expect(isLost()).toBe(true)
    served = { html: pageWith('second') }
    await pass(1_100)
    expect([isLost(), shown()]).toEqual([false, 'second'])
  })

  it('stays as it is while somebody is about to kill something, and goes on afterwards', async () => {
    served = { html: pageWith('<details><summary>kill</summary></details>') }
    await pass(1_100)
    document.querySelector('details')!.open = true
    const before = asked
    served = { html: pageWith('second') }
    await pass(5_000)
    expect([asked, shown()]).toEqual([before, 'kill'])
    document.querySelector('details')!.open = false
    await pass(1_100)
    expect(shown()).toBe('second')
  })

  it('keeps the focus on the same link', async () => {
    const links = (text: string) => `<a href="?view=tree">a</a><a href="?view=load">${text}</a>`
    served = { html: pageWith(links('b')) }
    await pass(1_100)
    document.querySelector<HTMLElement>('#main [href="?view=load"]')!.focus()
    served = { html: pageWith(links('c')) }
    await pass(1_100)
    expect(document.activeElement!.textContent).toBe('c')
  })

  it('asks once at a time', async () => {
    const answer = Promise.withResolvers<Response>()
    vi.stubGlobal('fetch', () => {
      asked += 1
      return answer.promise
    })
    await pass(10_000)
    expect(asked).toBe(1)
    answer.resolve(new Response(pageWith('late')))
    await pass(1_100)
    expect([asked, shown()]).toEqual([2, 'late'])
  })
})
