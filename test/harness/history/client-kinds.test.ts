import { describe, expect, it } from 'vitest'
import { type ClientKind, clientEvent, pairsMet } from '../../../harness/history/client-kinds.ts'
import { fault, historyOf, type TestEvent } from '../../support/histories.ts'

const client = (kind: ClientKind, who: string, node: string, owner = who, tMs = 0): TestEvent => ({
  ...clientEvent({ kind, who, node, owner }),
  tMs,
})
const met = (...events: TestEvent[]) =>
  [...pairsMet(historyOf(...events).events)].map(([kind, kinds]) => `${kind}: ${[...kinds].join(', ')}`)

describe('which clients meet which faults', () => {
  const everybody = [
    client('tab', 'alice', 'n1'),
    client('shopper', 'ann', 'n2', 'shoppers'),
    client('V1', 'old', 'n2'),
  ]

  it.each<[string, string, string[]]>([
    ['node.kill', 'n2', ['node.kill: shopper, V1']],
    ['db.kill', 'db', ['db.kill: tab, shopper, V1']],
    ['link.cut', 'shoppers->n2', ['link.cut: shopper']],
    ['link.cut', 'alice->n1', ['link.cut: tab']],
    ['link.cut', 'n1->n3', ['link.cut: tab']],
    ['link.cut', 'n3->db', []],
    ['client.suspend', 'alice', ['client.suspend: tab']],
    ['actor.kill', 'n1/Sneakers23.Inventory', ['actor.kill: tab']],
  ])('%s at %s', (kind, target, pairs) => {
    expect(met(...everybody, fault(1_000, { kind, target }))).toEqual(pairs)
  })

  it('counts every part of a fault', () => {
    const parts = fault(1_000, { kind: 'link.cut', target: 'n1|n2', parts: ['n1->n2', 'n2->n1'] })
    expect(met(...everybody, parts)).toEqual(['link.cut: tab, shopper, V1'])
  })

  it('counts neither who came when it was over nor a fault that never took hold', () => {
    expect(met(client('tab', 'late', 'n2', 'late', 60_000), fault(1_000))).toEqual([])
    expect(met(...everybody, fault(1_000, { witnessedOnMs: null }))).toEqual([])
  })
})
