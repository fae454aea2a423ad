import { expect, it } from 'vitest'
import { messageOf } from '../../../harness/platform/plain-text.ts'

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
