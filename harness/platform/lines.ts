import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

const chunkBytes = 1024 * 1024

/** The lines of a text file, without their ends, read piece by piece; `isComplete` is false for a last line without an end. */
export function* linesOf(file: string): Generator<{ line: string; isComplete: boolean }> {
  const descriptor = openSync(file, 'r')
  try {
    let rest = ''
    for (const text of piecesOf(descriptor)) {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      for (const line of lines) yield { line, isComplete: true }
    }
    if (rest !== '') yield { line: rest, isComplete: false }
  } finally {
    closeSync(descriptor)
  }
}

function* piecesOf(descriptor: number): Generator<string> {
  const decoder = new StringDecoder('utf8')
  const chunk = Buffer.allocUnsafe(chunkBytes)
  for (let size = readSync(descriptor, chunk); size > 0; size = readSync(descriptor, chunk))
    yield decoder.write(chunk.subarray(0, size))
  yield decoder.end()
}
