import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ownPromises } from '../../harness/cluster/promises.ts'
import { readTarget } from '../../harness/cluster/remote/target.ts'

const page = readFileSync('docs/own-system.md', 'utf8')
const cellsOf = (heading: string) => {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const rows = section.split('\n## ')[0]!.matchAll(/^\| `([^`]+)`/gm)
  return [...rows].map(([, first]) => first!)
}

describe('the page for systems that are not ours', () => {
  it('shows a target that is one, and stands beside the others as a file to begin with', () => {
    const [, shown = ''] = /^```json\n([\s\S]*?)^```$/m.exec(page) ?? []
    expect(shown).toBe(readFileSync('deploy/target.example.json', 'utf8'))
    const { nodes, promises } = readTarget('deploy/target.example.json', [])
    expect(nodes.map(({ name }) => name)).toEqual(['hello1@10.0.0.1', 'hello2@10.0.0.2', 'hello3@10.0.0.3'])
    expect(promises).toEqual({ wholeHelloSockets: true, refusesUnknownVersions: true, longPolls: true, binary: true })
  })

  it('explains every promise, and no other', () => {
    expect(cellsOf('Promises').sort()).toEqual(Object.keys(ownPromises).sort())
  })

  it('names only routes that the description of the control API has', () => {
    const { paths } = JSON.parse(readFileSync('docs/schema/control-api.openapi.json', 'utf8'))
    const [, section = ''] = page.split('\n## The control port\n')
    const named = [...section.split('\n## ')[0]!.matchAll(/`(?:(?:GET|POST) )?(\/[a-z/]+)`/g)].map(([, path]) => path!)
    expect(named.length).toBeGreaterThan(8)
    expect(named.filter((path) => !Object.hasOwn(paths, path))).toEqual([])
  })

  it('is what compose promises too', () => {
    const { promises } = readTarget('deploy/compose.json', [{ name: 'store' } as never])
    const { logsRefusals: _nobodyReadsTheLog, ...readable } = ownPromises
    expect(promises).toEqual(readable)
  })
})
