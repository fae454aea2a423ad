import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { NodeHolds } from '../../../../harness/history/inventory.ts'
import { mannersOf } from '../../../../harness/history/manners.ts'
import { createRecorder, type Recorder } from '../../../../harness/history/recorder.ts'
import { finalReads } from '../../../../harness/runner/phases/final-reads.ts'
import type { RunState } from '../../../../harness/runner/run-state.ts'
import { inventoryWithinMs, starvedMs } from '../../../../harness/timing.ts'

const holds: NodeHolds = {
  ...{ connections: 0, polls: 0, relayed: 0, sessions: 0, joined: 0, clientSubscriptions: 0 },
  ...{ unreadBytes: 0, outboxesWaiting: 0, channels: {}, actors: {}, timers: 4 },
  ...{ topics: 3, subscriptions: 3, tracked: 0, trackedOfNobody: 0, callsInFlight: 0, peerBytes: 0 },
  pending: {},
}

interface Scene {
  /** What happens while the database is read for the n-th time. */
  whileRead?(n: number, recorder: Recorder): void
  /** How many WebSockets the node has when it is asked for the n-th time; nobody is there who could have one. */
  connections?(n: number): number
}

function stateOf({ whileRead = () => {}, connections = () => 0 }: Scene) {
  const recorder = createRecorder({ elapsedMs: () => 0, sink: () => {}, isDefinite: () => false })
  let [reads, looks, asked] = [0, 0, 0]
  const session = {
    /** Two looks that are the same say that the pages have come to rest. */
    async shown() {
      looks += 1
    },
    async finalReads() {
      reads += 1
      whileRead(reads, recorder)
      return [{ who: 'harness', type: 'final', operation: 'database', value: { reads, looks } }]
    },
  }
  const control = {
    ready: async () => ({ ready: true, peers: {} }),
    async state() {
      asked += 1
      return { holds: { ...holds, connections: connections(asked), sessions: connections(asked) } }
    },
  }
  const node = { name: 'n1', control, hasControl: true, shows: { state: false, inventory: true }, ends: [] }
  recorder.record({ who: 'n1', node: 'n1', type: 'read', operation: 'node-holds', value: holds })
  const state = {
    recorder,
    elapsedMs: () => 0,
    cluster: { nodes: [node], env: {} },
    open: { sessions: [session], context: { clients: () => [] }, present: async () => [] },
    restFrom: 1,
  }
  return state as unknown as RunState
}

/** The value of the one final event of this name that was recorded. */
function finalOf({ recorder }: RunState, operation: string) {
  const found = recorder.events.filter((one) => one.type === 'final' && one.operation === operation)
  expect(found).toHaveLength(1)
  return found[0]!.value
}

async function readAll(scene: Scene) {
  const state = stateOf(scene)
  let error: Error | undefined
  const done = finalReads.run(state).catch((thrown: Error) => {
    error = thrown
  })
  await vi.advanceTimersByTimeAsync(60_000)
  await done
  return { state, error }
}

const comesBack = (recorder: Recorder) => void recorder.record({ who: 'alice', type: 'disconnect' })
const standsStill = (recorder: Recorder) =>
  void recorder.record({ who: 'n1', type: 'read', operation: mannersOf.stall, value: { forMs: starvedMs } })

beforeAll(() => void vi.useFakeTimers())
afterAll(() => void vi.useRealTimers())

describe('what everybody sees in the end', () => {
  it('is read once where nobody is disturbed', async () => {
    const { state } = await readAll({})
    expect(finalOf(state, 'database')).toEqual({ reads: 1, looks: 0 })
  })

  it('is read again, after all came to rest, until no client has lost its connection meanwhile; only the last counts', async () => {
    const { state, error } = await readAll({ whileRead: (n, recorder) => n < 3 && comesBack(recorder) })
    expect(error).toBe(undefined)
    expect(finalOf(state, 'database')).toEqual({ reads: 3, looks: 4 })
  })

  it('is what was read last where clients never come to rest though no process stands still: the checkers judge that', async () => {
    const { state, error } = await readAll({ whileRead: (_n, recorder) => comesBack(recorder) })
    expect(error).toBe(undefined)
    expect(finalOf(state, 'database')).toMatchObject({ reads: 3 })
  })

  it('is read more often while processes stand still again and again', async () => {
    const whileRead = (n: number, recorder: Recorder) => {
      if (n > 7) return
      standsStill(recorder)
      comesBack(recorder)
    }
    const { state, error } = await readAll({ whileRead })
    expect(error).toBe(undefined)
    expect(finalOf(state, 'database')).toMatchObject({ reads: 8 })
  })

  it('is not known where they never stop standing still', async () => {
    const whileRead = (_n: number, recorder: Recorder) => {
      standsStill(recorder)
      comesBack(recorder)
    }
    const { state, error } = await readAll({ whileRead })
    expect(error?.message).toContain('processes stood still again and again')
    expect(state.recorder.events.filter(({ type }) => type === 'final')).toEqual([])
  })
})

describe('what a node holds in the end', () => {
  it('is asked again while it holds what nobody accounts for', async () => {
    const { state } = await readAll({ connections: (n) => (n < 4 ? 1 : 0) })
    expect(finalOf(state, 'node-holds')).toMatchObject({ holds: { connections: 0 } })
  })

  it('is what it is after a while', async () => {
    const askedMost = inventoryWithinMs / 100
    const { state } = await readAll({ connections: (n) => (n < askedMost ? 1 : 0) })
    expect(finalOf(state, 'node-holds')).toMatchObject({ holds: { connections: 1 } })
  })
})
