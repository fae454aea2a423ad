import type { Toxic } from './toxic.ts'
import { unmasked } from './unmasked.ts'

/** Until the toxic is removed or the connection has ended. */
const forEverMs = 2 ** 31 - 1

/**
 * Keeps the first chunk of the link that contains `text`, and what follows it in its connection, until the toxic is removed; then all of
 * it goes on. It stops one operation at the point that these bytes are: a commit that was sent, an answer that is on its way. Of a client's
 * WebSocket frames it reads the payload.
 */
export const hold: Toxic<{ text: string }> = {
  attributes: { text: '' },
  async pipe({ data, readMs }, { text }, { pass, wait, claim }) {
    if (text !== '' && unmasked(data).includes(text) && claim()) await wait(forEverMs)
    await pass(data, readMs)
  },
}
