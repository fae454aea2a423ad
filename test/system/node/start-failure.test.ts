import { expect, it } from 'vitest'
import { startFailureOf } from '../../../system/node/start-failure.ts'
import { ConfigError } from '../../../system/platform/config.ts'

const inUse = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', address: '127.0.0.1', port: 4000 })

it.each([
  [new ConfigError('PORT is "http"'), 64, 'PORT is "http"'],
  [new Error('channels using splat patterns must end with *'), 64, 'channels using splat patterns must end with *'],
  [inUse, 69, 'the port 127.0.0.1:4000 is in use; free it or choose another'],
  [new Error('no room'), 1, 'no room'],
])('a start that fails with "%s" ends with %i and a sentence', (error, code, sentence) => {
  expect(startFailureOf(error)).toEqual({ code, sentence })
})
