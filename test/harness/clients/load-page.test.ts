import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { openPage, reloadPage } from '../../../harness/clients/load-page.ts'

const networkChanged = 'net::ERR_NETWORK_CHANGED'

/** A page whose requests fail so: one list for each time that it is loaded; `document` fails the load itself. */
function pageThat(fails: readonly { errorText: string; document?: true }[][]) {
  const emitter = new EventEmitter()
  let loads = 0
  const load = async () => {
    const failures = fails[loads] ?? []
    loads += 1
    for (const { errorText } of failures) emitter.emit('requestfailed', { failure: () => ({ errorText }) })
    const [fatal] = failures.filter(({ document }) => document)
    if (fatal) throw new Error(`page.goto: ${fatal.errorText}`)
  }
  let isClosed = false
  const close = async () => {
    isClosed = true
  }
  const page = Object.assign(emitter, { goto: load, reload: load, close }) as unknown as Parameters<typeof openPage>[0]
  return { page, isClosed: () => isClosed, loads: () => loads, listeners: () => emitter.listenerCount('requestfailed') }
}

it('a page of which a change of networks cut something off is loaded again', async () => {
  const script = pageThat([[{ errorText: networkChanged }]])
  await openPage(script.page, 'http://n1')
  const itself = pageThat([[{ errorText: networkChanged, document: true }]])
  await reloadPage(itself.page)
  expect([script.loads(), itself.loads(), script.listeners()]).toEqual([2, 2, 0])
})

it('any other failure is what the page is like, and is loaded once', async () => {
  const refused = { errorText: 'net::ERR_CONNECTION_REFUSED' }
  const script = pageThat([[refused]])
  await openPage(script.page, 'http://n1')
  const itself = pageThat([[{ ...refused, document: true }]])
  await expect(openPage(itself.page, 'http://n1')).rejects.toThrow('ERR_CONNECTION_REFUSED')
  expect([script.loads(), itself.loads()]).toEqual([1, 1])
  // It might connect later, and nobody would know of it.
  expect([script.isClosed(), itself.isClosed()]).toEqual([false, true])
})

it('networks that never stand still are given up after three times', async () => {
  const always = Array.from({ length: 9 }, () => [{ errorText: networkChanged, document: true as const }])
  const { page, loads } = pageThat(always)
  await expect(openPage(page, 'http://n1')).rejects.toThrow(networkChanged)
  expect(loads()).toBe(3)
})
