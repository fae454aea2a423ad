import { hash } from 'node:crypto'
import type { Sealer } from '../../../system/channels/index.ts'
import type { Clock } from '../../../system/platform/clock.ts'
import type { Random } from '../../../system/platform/random.ts'

interface Sealed {
  data: unknown
  issuedAtS: number
  /** Two tokens of the same data differ (CH-88). */
  n: number
}

const proofOf = (key: Uint8Array, body: string) =>
  hash('sha256', `${Buffer.from(key).toString('base64url')}.${body}`, 'base64url')

/**
 * Tokens for simulations only: the library for real ones works on other threads, and nobody can say which of two is ready first. Signed
 * too, so that whoever holds another key cannot read them.
 */
export function createSealer(): Sealer {
  let n = 0
  return {
    async seal(key, data, issuedAtS) {
      n += 1
      const body = Buffer.from(JSON.stringify({ data, issuedAtS, n } satisfies Sealed)).toString('base64url')
      return `${body}.${proofOf(key, body)}`
    },
    async open(key, token) {
      const [body = '', proof] = token.split('.')
      if (proof !== proofOf(key, body)) throw new Error('not sealed with this key')
      return JSON.parse(Buffer.from(body, 'base64url').toString()) as Sealed
    },
  }
}

const sealingMaxMs = 3

/** Real tokens take time, in which anything may happen to their owner. */
export function slow(sealer: Sealer, clock: Pick<Clock, 'sleep'>, random: Random): Sealer {
  const aWhile = () => clock.sleep(random.integer(0, sealingMaxMs))
  return {
    async seal(...sealed) {
      await aWhile()
      return sealer.seal(...sealed)
    },
    async open(...sealed) {
      await aWhile()
      return sealer.open(...sealed)
    },
  }
}
