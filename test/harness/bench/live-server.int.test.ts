import { afterEach, expect, it } from 'vitest'
import { type OpenPages, openPages } from '../../../harness/bench/live-server.ts'

let open: OpenPages | undefined
afterEach(() => open?.close())

it.each([undefined, '/drops', '/drops/by-component'])('tells every page of each change: %s', async (path) => {
  open = await openPages({ path, products: 3, pageCount: 4 })
  expect(await open.cpuUsPerPage(2)).toBeGreaterThan(0)
  const { joined, changed } = await open.bytes()
  expect(changed).toBeLessThan(200)
  if (path) expect(joined).toBeGreaterThan(10 * changed)
})
