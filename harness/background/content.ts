import { hash } from 'node:crypto'
import { jsonInOrder } from '../platform/json.ts'
import type { Random } from '../platform/random.ts'

/** Lengths of frames at which something begins anew: length fields, buffers, direct writes, chunks of the kernel. */
const borders = [126, 128, 256, 1_024, 4_096, 16_384, 32_768, 65_536] as const
/** Beyond every one of them. Rare, because each costs a few milliseconds on every way. */
const hugeBytes = [131_073, 200_000] as const
const hugeShare = 0.04
const smallShare = 0.5
const smallMaxBytes = 120

/** How long a frame is to be: mostly small, else one less than, exactly, or one more than a border. */
export function drawBytes(random: Random): number {
  const kind = random.next()
  if (kind < hugeShare) return random.pick(hugeBytes)
  if (kind < hugeShare + smallShare) return random.integer(0, smallMaxBytes)
  return drawAtBorder(random)
}

export const drawAtBorder = (random: Random): number => random.pick(borders) + random.integer(-1, 1)

/** Text of many scripts and planes, with what encoders escape, and what is longer in bytes than in letters. */
const texts = [
  '',
  ' ',
  'plain',
  'Grüße, œuvre, Ærø',
  'Привет, мир',
  'γειά σου Κόσμε',
  'こんにちは世界、漢字',
  '안녕하세요',
  'שלום مرحبا',
  'नमस्ते ไทย ភាសាខ្មែរ',
  '👟👩‍👩‍👧‍👦🏳️‍🌈',
  '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎𠜱',
  'e\u0301 combined, \u200b zero width, \ufeff mark',
  '"quoted" \\ back / slash',
  'line\nline\r\n\ttab\u0000null\u001f',
  '\u2028\u2029\u007f\u0085',
  '<script>&amp;</script>',
  '[null,"1","ping","phx_close",{}]',
  '{"type":"Buffer","data":[1]}',
] as const

const numbers = [0, -1, 1.5, 1e21, 5e-324, 9_007_199_254_740_991, -2_147_483_649, 0.1 + 0.2] as const

/** A value that JSON can carry: all kinds of text, numbers, emptiness and depth. */
export function drawValue(random: Random, levels = 3): unknown {
  const kind = random.integer(0, levels > 0 ? 9 : 4)
  if (kind <= 2) return random.pick(texts)
  if (kind === 3) return random.pick(numbers)
  if (kind === 4) return random.pick([null, true, false, [], {}])
  if (kind === 5) return nested(random.integer(5, 60))
  const size = random.integer(0, 3)
  if (kind <= 7) return Array.from({ length: size }, () => drawValue(random, levels - 1))
  return Object.fromEntries(Array.from({ length: size }, (_, n) => [keyOf(random, n), drawValue(random, levels - 1)]))
}

const keyOf = (random: Random, n: number) => `${random.pick(texts)}${n}`

export function nested(levels: number): unknown {
  let value: unknown = 'deep'
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { value }
  return value
}

/** Letters of one to four bytes, so that no piece looks like another and a cut in the middle of a letter shows. */
const letters = ['a', 'ß', '文', '😀', '0', '\\', '"', 'é'] as const

/** Text of exactly this many bytes in JSON, quotes not included. */
export function textOfBytes(random: Random, bytes: number): string {
  const pattern: string[] = []
  for (let n = 0; n < 16; n += 1) pattern.push(random.pick(letters))
  const unit = pattern.join('')
  const unitBytes = jsonBytes(unit)
  const whole = unit.repeat(Math.max(0, Math.floor(bytes / unitBytes)))
  return whole + 'x'.repeat(Math.max(0, bytes - jsonBytes(whole)))
}

export const jsonBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2

/** Bytes of all values. */
export function drawData(random: Random, bytes: number): Buffer {
  const data = Buffer.allocUnsafe(Math.max(0, bytes))
  const [start, stride] = [random.integer(0, 255), 2 * random.integer(0, 127) + 1]
  for (let at = 0; at < data.length; at += 1) data[at] = start + at * stride + (at >> 8)
  return data
}

/**
 * Tells contents apart: the length and a hash, of bytes as they are and of everything else as JSON. The order of keys does not count: a system
 * may keep objects in maps that have none.
 */
export function digestOf(content: unknown): string {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(jsonInOrder(content) ?? 'undefined')
  return `${bytes.length}:${hash('sha256', bytes, 'hex').slice(0, 16)}`
}
