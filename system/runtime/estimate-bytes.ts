const valuesMax = 2_000
const headerBytes = 24
const slotBytes = 8

/**
 * About how many bytes a value takes in memory, with all that it holds. All actors of a node share one heap, which does not say whose its
 * bytes are, so this counts values instead. Looks at no more than 2,000: of anything bigger it returns less than there is.
 */
export function estimateBytes(value: unknown): number {
  const seen = new Set<unknown>()
  const open: unknown[] = [value]
  let bytes = 0
  for (let looked = 0; open.length > 0 && looked < valuesMax; looked += 1) {
    const next = open.pop()
    if (typeof next === 'object' && next !== null) {
      if (seen.has(next)) continue
      seen.add(next)
      const inside = held(next)
      bytes += headerBytes + inside.length * slotBytes
      for (const one of inside.slice(0, valuesMax - looked)) open.push(one)
    }
    bytes += ownBytes(next)
  }
  return bytes
}

function ownBytes(value: unknown): number {
  if (typeof value === 'string') return headerBytes + value.length
  if (typeof value === 'bigint') return headerBytes
  return ArrayBuffer.isView(value) ? value.byteLength : 0
}

function held(value: object): unknown[] {
  if (Array.isArray(value)) return value
  if (ArrayBuffer.isView(value)) return []
  if (value instanceof Map) return [...value.keys(), ...value.values()]
  return value instanceof Set ? [...value] : Object.values(value)
}
