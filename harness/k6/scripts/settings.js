import { check } from 'k6'
import http from 'k6/http'

/** Addresses of the nodes. Throws before anything is sent where there are none. */
export function requireUrls() {
  const urls = (__ENV.URLS || '').split(',').filter(Boolean)
  if (urls.length === 0)
    throw new Error('URLS must name the nodes, such as http://127.0.0.1:4000; "squall load" sets it')
  return urls
}

/** Releases a product by the control port of a node, where there is one: a system without it is released by somebody else. */
export function releaseFromControl(productId) {
  if (!__ENV.CONTROL_URL) return
  const headers = { authorization: `Bearer ${__ENV.CONTROL_SECRET}`, 'content-type': 'application/json' }
  const answer = http.post(`${__ENV.CONTROL_URL}/release`, JSON.stringify({ productId }), {
    headers,
    tags: { name: 'release' },
  })
  check(answer, { 'the release is accepted': ({ status }) => status === 200 })
}
