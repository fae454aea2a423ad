import type { Random } from '../platform/random.ts'
import { answerOf, type Push, type Role } from './client.ts'
import { drawBytes, drawData, drawValue, nested, textOfBytes } from './content.ts'

/** Beyond what a node may queue for a client that does not read: a single reply may be longer. */
const longestBytes = 1_200_000
const longestShare = 0.01
/** More than the official client puts into one request of a long poll. */
const burstCount = 110

type PushKind = (random: Random, role: Role) => Push

const anyText: PushKind = (random, role) =>
  echo({ value: drawValue(random), text: textOfBytes(random, drawPushBytes(random, role)) })

/** Each with what the ping channel answers to anybody (CH-116..CH-119). Those that occur twice come twice as often. */
const textKinds: readonly PushKind[] = [
  () => ({ event: 'ping', payload: {}, answer: answerOf('ok', { ping: 'pong' }) }),
  (random) => acknowledged(drawValue(random)),
  (random) => named(random),
  () => refused,
  () => echo({}),
  anyText,
  anyText,
  anyText,
]

const byteKinds: readonly PushKind[] = [
  (random, role) => bytes(random, role, random.pick([0, 1])),
  (random, role) => bytes(random, role, drawPushBytes(random, role)),
]

const takesBytes = ({ version, isTextOnly }: Role) => version === '2.0.0' && !isTextOnly

const kindsOf = (role: Role) => (takesBytes(role) ? [...textKinds, ...byteKinds] : textKinds)

export const drawPush = (random: Random, role: Role): Push => random.pick(kindsOf(role))(random, role)

/** One of each kind. No bytes at all are a kind of their own: it would be rare by chance. */
export function everyPush(random: Random, role: Role): Push[] {
  const pushes = [...new Set(kindsOf(role))].map((kind) => kind(random, role))
  return takesBytes(role) && role.transport === 'websocket' ? [...pushes, echo(Buffer.alloc(0))] : pushes
}

const echo = (payload: unknown): Push => ({ event: 'param_ping', payload, answer: answerOf('ok', payload) })

const acknowledged = (phrase: unknown): Push => ({
  event: 'ping',
  payload: { ack_phrase: phrase },
  answer: answerOf('ok', { ping: phrase }),
})

const refused: Push = {
  event: 'param_ping',
  payload: { error: true },
  answer: answerOf('error', { reason: 'You asked for this!' }),
}

/** An event whose length needs all bits of its size byte. */
function named(random: Random, payload: unknown = {}): Push {
  const text = textOfBytes(random, random.integer(0, 240)).replaceAll(/[\\"]/g, 'q')
  return { event: `ping:${text}`, payload, answer: answerOf('ok', { ping: text }) }
}

/** A reply of bytes cannot go over a long poll. */
function bytes(random: Random, role: Role, size: number): Push {
  const data = drawData(random, size)
  return role.transport === 'websocket' && random.next() < 0.7 ? echo(data) : named(random, data)
}

const drawPushBytes = (random: Random, { transport }: Role) =>
  transport === 'websocket' && random.next() < longestShare ? longestBytes : drawBytes(random)

/** Longer than a fragment, a chunk of the kernel and every length of two bytes, and deep. */
export const bigPush = (random: Random): Push =>
  echo({ value: nested(60), text: textOfBytes(random, random.integer(66_000, 90_000)) })

/** A long one between short ones, all in one chunk of the network: their answers keep that order. */
export const mixed = (random: Random): Push[] => [
  acknowledged('before'),
  echo({ text: textOfBytes(random, random.integer(16_400, 20_000)) }),
  acknowledged('after'),
]

/** Many small pushes at once, which are answered in their order. */
export const burst = (random: Random): Push[] =>
  Array.from({ length: burstCount }, (_, n) => acknowledged([n, random.integer(0, 99)]))

/** Asks whether everything before it was answered. */
export const fencePush: Push = {
  event: 'ping',
  payload: { ack_phrase: 'last' },
  answer: answerOf('ok', { ping: 'last' }),
}
