import { expect, it } from 'vitest'
import { messageOf, whyUnusable } from '../../../harness/platform/plain-text.ts'

it.each([
  ['a plain message', 'a plain message'],
  [
    'locator.click: Timeout 500ms exceeded.\nCall log:\n\x1b[2m  - waiting for\x1b[22m',
    'locator.click: Timeout 500ms exceeded.',
  ],
  ['\x1b[31mexpected\x1b[39m 1', 'expected 1'],
  ['launch: closed\nBrowser logs:\n\n<launching> /usr/bin/chromium --no-sandbox', 'launch: closed'],
])('%j is shown as %j', (said, shown) => {
  expect(messageOf(new Error(said))).toBe(shown)
})

it.each([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'it may not be read'],
  ['EIO', 'no luck'],
])('says why a file is unusable: %s', (code, said) => {
  expect(whyUnusable(Object.assign(new Error('no luck'), { code }))).toBe(said)
})

it('says why a request failed', () => {
  const refused = new Error('connect ECONNREFUSED 127.0.0.1:9')
  expect(messageOf(new TypeError('fetch failed', { cause: refused }))).toBe(`a request failed: ${refused.message}`)
  const silent = Object.assign(new Error(''), { code: 'ECONNRESET' })
  expect(messageOf(new TypeError('fetch failed', { cause: silent }))).toBe('a request failed: ECONNRESET')
})
