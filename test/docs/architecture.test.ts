import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'

const page = readFileSync('docs/architecture.md', 'utf8')
const rows = [...page.slice(page.indexOf('## Where is')).matchAll(/^\| (?!--|what)([^|]+) \| ([^|]+) \|$/gm)]

/** The paths of a row. Only the first is whole: the others may be relative to its folder, or to the folder above. */
function missingPaths(cell: string): string[] {
  const named = [...cell.matchAll(/`([\w./-]+\.ts|[\w./-]+\/)`/g)].map(([, path]) => path!)
  const [first = ''] = named
  const places = ['', `${dirname(first)}/`, `${dirname(dirname(first))}/`]
  return named.filter(
    (path) => !places.some((place) => existsSync(`${place}${path}`)) && path !== 'index.ts' && path !== 'config.ts',
  )
}

describe('the map of the code', () => {
  it('answers at least 25 questions', () => {
    expect(rows.length).toBeGreaterThanOrEqual(25)
  })

  it.each(rows.map(([, what, where]) => [what!.trim(), where!]))('finds %s', (_what, where) => {
    expect(where).toContain('`')
    expect(missingPaths(where)).toEqual([])
  })

  it('would miss a file that has moved', () => {
    expect(missingPaths('`system/channels/sockets.ts`')).toEqual(['system/channels/sockets.ts'])
  })
})
