import type { FaultView } from '../snapshot.ts'

/** `120 ms`, `3.4 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1_000)} s`
}

/** `812 B/s`, `3.1 KiB/s`. */
export const bytesPerSecond = (bytes: number): string =>
  bytes < 1_024 ? `${bytes} B/s` : `${(bytes / 1_024).toFixed(1)} KiB/s`

/** What became of a fault, in one line: asked for, witnessed, seen to end. */
export function faultLine({ state, agoMs, witnessedAfterMs, endSeenAfterMs, why }: FaultView): string {
  const asked = `asked for ${duration(agoMs)} ago`
  const seen = witnessedAfterMs === undefined ? '' : `, witnessed after ${duration(witnessedAfterMs)}`
  if (state === 'asked for') return `${asked}, looking for its effect ...`
  if (state === 'not seen') return `${asked}, and its effect was not seen: ${why}`
  if (state === 'healing') return `${asked}${seen}, healing ...`
  if (state === 'over') return `${asked}${seen}, healed and seen to end after ${duration(endSeenAfterMs ?? 0)}: ${why}`
  if (state === 'not seen to end') return `${asked}${seen}, healed, and not seen to end: ${why}`
  return `${asked}${seen}: ${why}`
}

/** The points of a line through samples, oldest first, in a box of this size; the highest sample touches the top. Pure. */
export function sparkline(samples: readonly number[], width: number, height: number): string {
  const most = Math.max(1, ...samples)
  const step = samples.length > 1 ? width / (samples.length - 1) : 0
  return samples
    .map((value, n) => `${(n * step).toFixed(1)},${(height - (value / most) * height).toFixed(1)}`)
    .join(' ')
}

/** What is written into a field of a form, as an option of its type. An empty field is no option. Pure. */
export function optionFrom(type: string, text: string): unknown {
  if (text.trim() === '') return undefined
  if (type === 'a number' || type === 'a integer') return Number(text)
  if (type === 'a boolean') return text === 'true'
  if (type.startsWith('a list'))
    return text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)
  return text
}

/** The other way round. */
export const fieldOf = (value: unknown): string =>
  value === undefined ? '' : Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? '' : String(value)

/** `db.pause` -> `db`. */
export const familyOf = (kind: string): string => kind.split('.')[0]!
