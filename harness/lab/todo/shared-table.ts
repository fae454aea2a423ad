/** A table in shared memory: one thread writes, and any number of them read without asking anybody. */
export interface SharedTable {
  /** Given to other threads. */
  readonly buffer: SharedArrayBuffer
  /** Only for the thread that owns it. Throws RangeError when the table is full or the key is too long. */
  insert(key: string, value: number): void
  /** Undefined for a key that is not there. */
  lookup(key: string): number | undefined
}

/** Twice as many as there are rows at most, so that a search is short. */
const slots = 512
const keyMax = 32
const headerWords = 1
const bufferBytes = 4 * (headerWords + 2 * slots) + slots * keyMax

/**
 * Opens a table, a new one unless a buffer is given. A slot has the length of its key, which is 0 for a free one, the value, and the letters. The
 * first word is odd while something is written: a reader that has seen it change reads again.
 */
export function openSharedTable(buffer = new SharedArrayBuffer(bufferBytes)): SharedTable {
  const version = new Int32Array(buffer, 0, headerWords)
  const lengths = new Int32Array(buffer, 4 * headerWords, slots)
  const values = new Int32Array(buffer, 4 * (headerWords + slots), slots)
  const letters = new Uint8Array(buffer, 4 * (headerWords + 2 * slots), slots * keyMax)

  /** The slot of a key, or the free one where it would be; undefined when the table is full. */
  function slotOf(key: string): number | undefined {
    const first = hashOf(key) % slots
    for (let step = 0; step < slots; step += 1) {
      const slot = (first + step) % slots
      if (lengths[slot] === 0 || hasKey(slot, key)) return slot
    }
    return undefined
  }

  function hasKey(slot: number, key: string): boolean {
    if (lengths[slot] !== key.length) return false
    for (let index = 0; index < key.length; index += 1)
      if (letters[slot * keyMax + index] !== key.charCodeAt(index)) return false
    return true
  }

  function read(key: string): number | undefined {
    const slot = slotOf(key)
    return slot === undefined || lengths[slot] === 0 ? undefined : values[slot]
  }

  return {
    buffer,
    insert(key, value) {
      const slot = slotOf(key)
      if (slot === undefined) throw new RangeError(`the table holds ${slots} rows, its most`)
      if (key.length === 0 || key.length > keyMax) throw new RangeError(`expected a key of 1 to ${keyMax} letters`)
      Atomics.add(version, 0, 1)
      for (let index = 0; index < key.length; index += 1) letters[slot * keyMax + index] = key.charCodeAt(index)
      values[slot] = value
      lengths[slot] = key.length
      Atomics.add(version, 0, 1)
    },
    lookup(key) {
      for (;;) {
        const before = Atomics.load(version, 0)
        const value = read(key)
        if (before % 2 === 0 && Atomics.load(version, 0) === before) return value
      }
    },
  }
}

function hashOf(key: string): number {
  let hash = 0
  for (let index = 0; index < key.length; index += 1) hash = (hash * 31 + key.charCodeAt(index)) | 0
  return hash >>> 0
}
