import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ownPromises } from '../../harness/cluster/promises.ts'
import { requireSupported } from '../../harness/cluster/remote/driver.ts'
import { readTarget, type Target } from '../../harness/cluster/remote/target.ts'
import { loadKnown } from '../../harness/runner/selection.ts'
import type { Scenario } from '../../harness/scenario.ts'

const page = readFileSync('docs/own-system.md', 'utf8')
const cellsOf = (heading: string) => {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const rows = section.split('\n## ')[0]!.matchAll(/^\| `([^`]+)`/gm)
  return [...rows].map(([, first]) => first!)
}

function isSupported(target: Pick<Target, 'nodes' | 'apps' | 'promises'>, { given = {}, apps }: Scenario): boolean {
  const { nodes = 3, promised, env, nodesWithoutWeb, balancer, standby, pubsub } = given
  const wanted = { ...(promised && { promised }), ...(env && { env }), ...(balancer && { balancer }) }
  const more = {
    ...(nodesWithoutWeb && { nodesWithoutWeb }),
    ...(standby && { standby }),
    ...(pubsub && { pubsub }),
  }
  try {
    requireSupported(target, { nodes, neededApps: apps, ...wanted, ...more })
    return true
  } catch {
    return false
  }
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

  it('lists the scenarios that run without anything of ours, with their nodes and promises', async () => {
    const { mesh: _mesh, ...promises } = ownPromises
    const target = { nodes: Array(3).fill({ url: 'http://127.0.0.1:1', commands: {} }), apps: {}, promises }
    const scenarios = await loadKnown({ root: process.cwd() })
    // It starts a node of its own in the middle.
    const running = scenarios.filter((one) => one.id !== 'channels/bad-route' && isSupported(target, one))
    expect(cellsOf('The scenarios that it meets').sort()).toEqual(running.map(({ id }) => id).sort())
    for (const { id, given } of running) {
      const [, nodes, needs = ''] = new RegExp(`^\\| \`${id}\` \\| (\\d) \\| (.*)\\|$`, 'm').exec(page)!
      if (given?.nodes) expect([id, nodes]).toEqual([id, String(given.nodes)])
      for (const promise of given?.promised ?? []) expect([id, needs]).toEqual([id, expect.stringContaining(promise)])
    }
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
