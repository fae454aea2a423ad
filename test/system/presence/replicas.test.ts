import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOwnEntries } from '../../../system/presence/own-entries.ts'
import {
  applyHeartbeat,
  applyTransfer,
  entriesOf,
  expire,
  type ReplicaId,
  type Replicas,
  removeReplica,
} from '../../../system/presence/replicas.ts'
import {
  applyDelta,
  type Delta,
  difference,
  type Entry,
  emptyState,
  merge,
  mergeDeltas,
  type ReplicaState,
} from '../../../system/presence/state.ts'

const entry = (ref: string): Entry => ({ topic: 't', key: ref, owner: 'o', ref, meta: {}, atMs: 0 })
const refsOf = (state: ReplicaState) => [...state.entries.keys()].sort()

/** What a replica did: a number is a new entry, `drop` takes one of those away that are there. */
type Change = { do: 'add' } | { do: 'drop'; pick: number }
const changeLists = fc.array(
  fc.oneof(fc.constant<Change>({ do: 'add' }), fc.record({ do: fc.constant('drop' as const), pick: fc.nat() })),
  { maxLength: 30 },
)

/** What a replica's own change makes of its entries. */
const changed = (state: ReplicaState, joins: Entry[], leaves: string[]): ReplicaState =>
  applyDelta(state, { from: state.version, to: state.version + 1, joins, leaves })!

interface History {
  versions: ReplicaState[]
  deltas: Delta[]
}

/** All versions of one replica's entries, and the delta that leads from each to the next. */
function history(name: string, list: readonly Change[]): History {
  const past: History = { versions: [emptyState], deltas: [] }
  list.forEach((change, index) => {
    const now = past.versions.at(-1)!
    const present = refsOf(now)
    if (change.do === 'drop' && present.length === 0) return
    const joins = change.do === 'add' ? [entry(`${name}.${index}`)] : []
    const leaves = change.do === 'drop' ? [present[change.pick % present.length]!] : []
    const next = changed(now, joins, leaves)
    past.versions.push(next)
    past.deltas.push({ from: now.version, to: next.version, joins, leaves })
  })
  return past
}

describe("a replica's entries (PA-2)", () => {
  it('merge in any order, any number of times, to the newest', () => {
    fc.assert(
      fc.property(changeLists, fc.array(fc.nat(), { minLength: 1, maxLength: 8 }), (list, picks) => {
        const { versions } = history('a', list)
        const chosen = picks.map((pick) => versions[pick % versions.length]!)
        const newest = chosen.reduce((a, b) => (b.version > a.version ? b : a))
        const forwards = chosen.reduce(merge, emptyState)
        const backwards = [...chosen].reverse().reduce(merge, emptyState)
        expect(refsOf(forwards)).toEqual(refsOf(newest))
        expect(refsOf(backwards)).toEqual(refsOf(newest))
        expect(refsOf(merge(forwards, forwards))).toEqual(refsOf(newest))
      }),
      { numRuns: 4_000 },
    )
  })

  it('are the same by deltas as by whole versions, however the deltas are put together', () => {
    fc.assert(
      fc.property(changeLists, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (list, sizes) => {
        const { versions, deltas } = history('a', list)
        let state = emptyState
        for (let at = 0, n = 0; at < deltas.length; n += 1) {
          const size = sizes[n % sizes.length]!
          const piece = mergeDeltas(deltas.slice(at, at + size))!
          state = applyDelta(state, piece)!
          // Heard twice, it changes nothing.
          expect(applyDelta(state, piece)).toBe(state)
          at += size
        }
        expect(refsOf(state)).toEqual(refsOf(versions.at(-1)!))
      }),
      { numRuns: 4_000 },
    )
  })

  it('are kept by their node as others see them', () => {
    fc.assert(
      fc.property(changeLists, (list) => {
        const own = createOwnEntries()
        let seen: ReplicaState = emptyState
        for (const { joins, leaves } of history('a', list).deltas) {
          const { delta, diff } = own.change(joins, leaves)
          const next = applyDelta(seen, delta)!
          expect(diff).toEqual(difference(seen, next))
          seen = next
        }
        expect(own.list().map(({ ref }) => ref)).toEqual([...seen.entries.keys()])
        expect(own.ownedBy('nobody')).toEqual([])
        expect(own.version()).toBe(seen.version)
      }),
      { numRuns: 1_000 },
    )
  })

  it('are not guessed when a delta is missing', () => {
    const { deltas } = history('a', [{ do: 'add' }, { do: 'add' }, { do: 'add' }])
    expect(applyDelta(emptyState, deltas[1]!)).toBeUndefined()
  })
})

interface Node {
  incarnation: number
  state: ReplicaState
  unsent: Delta | undefined
}

/** What happens to one observer of two nodes: messages lost, late and doubled, nodes dead and back under the same name. */
const events = fc.array(
  fc.record({
    node: fc.constantFrom('a', 'b'),
    event: fc.constantFrom('add', 'drop', 'beat', 'lost beat', 'old beat', 'transfer', 'restart', 'silence', 'goodbye'),
    pick: fc.nat(),
  }),
  { maxLength: 60 },
)

describe('an observer of other replicas (PA-4, PA-7)', () => {
  it('ends with what is really there, and never shows what is gone for good', () => {
    fc.assert(
      fc.property(events, (list) => {
        const timeouts = { downAfterMs: 30_000, goneAfterMs: 120_000 }
        const nodes = new Map<string, Node>(
          ['a', 'b'].map((name) => [name, { incarnation: 1, state: emptyState, unsent: undefined }]),
        )
        const shown = new Map<string, Entry>()
        let replicas: Replicas = new Map()
        let nowMs = 0
        let refs = 0
        const take = (outcome: { replicas: Replicas; diff: { joins: Entry[]; leaves: Entry[] } }) => {
          replicas = outcome.replicas
          // A diff never takes away what was not shown, and never shows what is shown already.
          for (const one of outcome.diff.leaves) expect(shown.delete(one.ref)).toBe(true)
          for (const one of outcome.diff.joins) {
            expect(shown.has(one.ref)).toBe(false)
            shown.set(one.ref, one)
          }
        }
        const change = (node: Node, joins: Entry[], leaves: string[]) => {
          const next = changed(node.state, joins, leaves)
          const delta: Delta = { from: node.state.version, to: next.version, joins, leaves }
          node.unsent = node.unsent ? mergeDeltas([node.unsent, delta]) : delta
          node.state = next
        }

        for (const { node: name, event, pick } of list) {
          const node = nodes.get(name)!
          const id = { name, incarnation: node.incarnation }
          nowMs += 100
          if (event === 'add') {
            refs += 1
            change(node, [entry(`${name}.${refs}`)], [])
          }
          if (event === 'drop' && node.state.entries.size > 0)
            change(node, [], [refsOf(node.state)[pick % node.state.entries.size]!])
          if (event === 'lost beat') node.unsent = undefined
          if (event === 'old beat')
            take(applyHeartbeat(replicas, { name, incarnation: 0 }, { version: 9, delta: undefined, nowMs }))
          if (event === 'beat') {
            take(applyHeartbeat(replicas, id, { version: node.state.version, delta: node.unsent, nowMs }))
            node.unsent = undefined
          }
          if (event === 'transfer') take(applyTransfer(replicas, id, node.state, nowMs))
          if (event === 'goodbye') take(removeReplica(replicas, id))
          if (event === 'restart')
            Object.assign(node, { incarnation: node.incarnation + 1, state: emptyState, unsent: undefined })
          if (event === 'silence') {
            nowMs += pick % 200_000
            take(expire(replicas, nowMs, timeouts))
          }
        }

        // Everything is exchanged once more: a heartbeat says whether something is missing, a transfer brings it.
        for (const [name, { incarnation, state }] of nodes) {
          const outcome = applyHeartbeat(
            replicas,
            { name, incarnation },
            { version: state.version, delta: undefined, nowMs },
          )
          take(outcome)
          if (outcome.isStale) take(applyTransfer(replicas, { name, incarnation }, state, nowMs))
        }
        const real = [...nodes.values()].flatMap(({ state }) => refsOf(state)).sort()
        expect(
          entriesOf(replicas)
            .map(({ ref }) => ref)
            .sort(),
        ).toEqual(real)
        expect([...shown.keys()].sort()).toEqual(real)
      }),
      { numRuns: 4_000 },
    )
  })

  it('hides a node after its silence, and forgets it after a longer one, neither a moment before nor after (PA-7)', () => {
    const { replicas } = applyTransfer(
      new Map(),
      { name: 'n2', incarnation: 1 },
      changed(emptyState, [entry('x')], []),
      0,
    )
    const seenAfter = (silentMs: number) => {
      const now = expire(replicas, silentMs, { downAfterMs: 30_000, goneAfterMs: 120_000 }).replicas
      return [now.size, entriesOf(now).length]
    }
    expect([29_999, 30_000, 119_999, 120_000].map(seenAfter)).toEqual([
      [1, 1],
      [1, 0],
      [1, 0],
      [0, 0],
    ])
  })

  it('learns nothing from messages of an earlier run, which came too late', () => {
    const [earlier, now] = [1, 2].map((incarnation) => ({ name: 'n2', incarnation })) as [ReplicaId, ReplicaId]
    const { replicas } = applyTransfer(new Map(), now, changed(emptyState, [entry('new')], []), 0)
    const longer = changed(changed(emptyState, [entry('old')], []), [entry('older')], [])
    const late = [
      applyHeartbeat(replicas, earlier, { version: 9, delta: undefined, nowMs: 10 }),
      applyTransfer(replicas, earlier, longer, 10),
      removeReplica(replicas, earlier),
    ]
    for (const outcome of late) {
      expect(outcome).toMatchObject({ diff: { joins: [], leaves: [] }, isStale: false })
      expect(entriesOf(outcome.replicas).map(({ ref }) => ref)).toEqual(['new'])
    }
  })
})
