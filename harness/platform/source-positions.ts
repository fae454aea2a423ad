import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { dirname, join } from 'node:path'

const position = /((?:file:\/\/)?)(\/[^\s()"'\\:]+\.cjs):(\d+):(\d+)/g

/** Returns the text with every position in a built file that has a source map beside it (`main.cjs:120:7`) as the one in its source. */
export function withSourcePositions(text: string): string {
  const maps = new Map<string, SourceMap | undefined>()
  const mapOf = (file: string) => {
    if (!maps.has(file)) maps.set(file, readMap(`${file}.map`))
    return maps.get(file)
  }
  return text.replaceAll(position, (whole, scheme: string, file: string, line: string, column: string) => {
    const found = mapOf(file)?.findOrigin(Number(line), Number(column))
    if (!found || !('fileName' in found)) return whole
    return `${scheme}${join(dirname(file), found.fileName)}:${found.lineNumber}:${found.columnNumber}`
  })
}

const readMap = (file: string) => (existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : undefined)
