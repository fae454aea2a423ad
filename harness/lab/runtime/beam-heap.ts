/**
 * A model of the heap of one process of the BEAM (RT-61), by the rules of its collector: one block for young data and the stack, one for old
 * data; a minor collection looks at young data alone and makes old what survives its second; where that leaves too little room, and after a
 * number of minor ones, a major collection puts all that lives into one block of the size that it needs.
 */
export interface BeamHeap {
  /** A term on the heap; the process holds it until it drops it. */
  allocate(words: number): Term
  /** A binary: above 64 bytes it lies outside of the heap, which has a reference to it. */
  allocateBinary(bytes: number): Term
  /** Words of stack in use, in the same block as the young data. */
  setStack(words: number): void
  /** A major collection. */
  collect(): void
  /** A major collection into a block without any room to spare. */
  hibernate(): void
  /** As `process_info(Pid, memory)`: both blocks, and what the process itself takes. */
  bytes(): number
  /** Of the binaries outside of the heap that something on it still refers to, garbage or not. */
  binaryBytes(): number
  counts(): { minors: number; majors: number; copiedWords: number }
}

export interface Term {
  readonly words: number
  readonly binaryBytes: number
  /** It is garbage from now on. */
  drop(): void
}

export interface BeamHeapOptions {
  /** Words of the state and of whatever else an idle process holds. */
  idleWords: number
  /** How many minor collections come before a major one; ERL_FULLSWEEP_AFTER (RT-68). */
  fullSweepAfter?: number
}

const wordBytes = 8
/** What a process takes in addition to its heap: the rest of the figures of the text. */
const processBytes = 956
const smallestBlockWords = 233
/** Below this a minor collection does not shrink the block. */
const shrinkFromWords = 3_000
const fullSweepDefault = 65_535
/** Larger binaries lie outside of the heap ... */
const heapBinaryMaxBytes = 64
/** ... which has so many words for each. */
const referenceWords = 6
const heapBinaryHeadWords = 2

/** The sizes of blocks: each is the sum of the two before, and one. */
export function blockFor(words: number): number {
  let [before, size] = [12, 38]
  while (size < words) [before, size] = [size, before + size + 1]
  return size
}

interface Cell {
  words: number
  binaryBytes: number
  isHeld: boolean
  isOld: boolean
  /** It has survived a collection. */
  isMature: boolean
}

export function createBeamHeap({ idleWords, fullSweepAfter = fullSweepDefault }: BeamHeapOptions): BeamHeap {
  let cells: Cell[] = []
  /** Of the young cells, garbage included, and of the process itself. */
  let youngWords = idleWords
  let blockWords = smallestBlockWords
  let oldBlockWords = 0
  let stackWords = 0
  /** A major collection has left little room, so that the next makes the block larger. */
  let growsNext = false
  let minorsInRow = 0
  const counts = { minors: 0, majors: 0, copiedWords: 0 }

  const wordsOf = (some: readonly Cell[]) => some.reduce((sum, { words }) => sum + words, 0)
  const young = () => cells.filter(({ isOld }) => !isOld)
  const old = () => cells.filter(({ isOld }) => isOld)
  const isRoomFor = (words: number) => youngWords + stackWords + words <= blockWords

  function makeRoom(words: number) {
    if (isRoomFor(words)) return
    if (minorsInRow >= fullSweepAfter || !collectYoung(words)) collectAll(words)
  }

  /** Returns false where that was not enough. */
  function collectYoung(words: number): boolean {
    const mature = young().filter(({ isMature }) => isMature)
    if (!fitsOldBlock(wordsOf(mature))) return false
    counts.minors += 1
    minorsInRow += 1
    cells = cells.filter(({ isOld, isHeld }) => isOld || isHeld)
    for (const cell of young()) {
      counts.copiedWords += cell.words
      cell.isOld = cell.isMature
      cell.isMature = true
    }
    youngWords = idleWords + wordsOf(young())
    const needed = youngWords + stackWords + words
    if (blockWords > shrinkFromWords && 4 * needed < blockWords) blockWords = blockFor(3 * needed)
    return isRoomFor(words)
  }

  function fitsOldBlock(words: number): boolean {
    if (words === 0) return true
    if (oldBlockWords === 0) oldBlockWords = blockFor(youngWords)
    return wordsOf(old()) + words <= oldBlockWords
  }

  function collectAll(words: number) {
    const before = blockFor(youngWords + wordsOf(old()) + stackWords)
    const isFull = growsNext && before === blockWords
    sweep()
    const needed = youngWords + stackWords + words
    blockWords = sizeFor(needed, isFull ? blockFor(blockWords + 1) : before)
    growsNext = 3 * blockWords < 4 * needed
  }

  function sweep() {
    counts.majors += 1
    minorsInRow = 0
    cells = cells.filter(({ isHeld }) => isHeld)
    counts.copiedWords += wordsOf(cells)
    for (const cell of cells) Object.assign(cell, { isOld: false, isMature: true })
    oldBlockWords = 0
    youngWords = idleWords + wordsOf(cells)
  }

  function add(words: number, binaryBytes = 0): Term {
    makeRoom(words)
    const cell: Cell = { words, binaryBytes, isHeld: true, isOld: false, isMature: false }
    cells.push(cell)
    youngWords += words
    return {
      words,
      binaryBytes,
      drop() {
        cell.isHeld = false
      },
    }
  }

  return {
    allocate: (words) => add(words),
    allocateBinary: (bytes) =>
      bytes > heapBinaryMaxBytes ? add(referenceWords, bytes) : add(heapBinaryHeadWords + Math.ceil(bytes / wordBytes)),
    setStack(words) {
      if (words > stackWords) makeRoom(words - stackWords)
      stackWords = words
    },
    collect: () => collectAll(0),
    hibernate() {
      sweep()
      blockWords = youngWords + stackWords
      growsNext = false
    },
    bytes: () => processBytes + wordBytes * (blockWords + oldBlockWords),
    binaryBytes: () => cells.reduce((sum, { binaryBytes }) => sum + binaryBytes, 0),
    counts: () => ({ ...counts }),
  }
}

/** After a major collection: larger where too little room is left, smaller where most of it is. */
function sizeFor(neededWords: number, blockWords: number): number {
  if (blockWords < neededWords) return Math.max(smallestBlockWords, blockFor(neededWords))
  if (4 * neededWords < blockWords) return Math.min(blockWords, Math.max(smallestBlockWords, blockFor(3 * neededWords)))
  return Math.max(smallestBlockWords, blockWords)
}
