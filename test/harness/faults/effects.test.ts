import { describe, expect, it } from 'vitest'
import type { ClusterNode } from '../../../harness/cluster/node.ts'
import { ownPromises } from '../../../harness/cluster/promises.ts'
import { effectsIn } from '../../../harness/faults/effects.ts'
import { type FaultName, faults } from '../../../harness/faults/index.ts'

const nodes = [{ name: 'n1' }, { name: 'n2' }] as ClusterNode[]
const effects = (promises: object, kind: FaultName, ...parts: string[]) =>
  effectsIn({ promises, nodes }, parts, faults[kind].effectsOf({}))

describe('what a fault may cause', () => {
  it('is all that its definition says where the nodes are on the mesh of Squall', () => {
    for (const kind of ['link.cut', 'node.kill', 'node.stop'] as const)
      expect(effects(ownPromises, kind, 'n1->n2')).toEqual(faults[kind].effectsOf({}))
  })

  it.each([
    ['node.kill', 'n1', { explains: { at: 'node', untilHeard: true }, forgets: 'memory', endsConnections: true }],
    ['node.stop', 'n1', { explains: { at: 'node', untilHeard: true }, forgets: 'memory', endsConnections: true }],
    ['link.cut', 'n1->n2', { explains: { at: 'link', untilHeard: true }, endsConnections: true }],
    ['link.reset', 'n2->n1', { explains: { at: 'link', untilHeard: true }, endsConnections: true }],
  ] as const)(
    'lasts until the nodes hear each other again where nothing is known of them: %s %s',
    (kind, part, all) => {
      expect(effects({}, kind, part)).toEqual(all)
    },
  )

  it('stays with the client whose link it is', () => {
    expect(effects({}, 'link.cut', 'alice->n1')).toEqual(faults['link.cut'].effectsOf({}))
    expect(effects({}, 'link.reset', 'n1->db')).toEqual(faults['link.reset'].effectsOf({}))
  })
})
