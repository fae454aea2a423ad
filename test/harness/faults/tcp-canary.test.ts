import { describe, expect, it } from 'vitest'
import { fateOf, type LinkCounts } from '../../../harness/faults/tcp-canary.ts'

const counts = (upstream: [number, number], downstream: [number, number] = [0, 0]): LinkCounts => ({
  upstream: { receivedBytes: upstream[0], sentBytes: upstream[1] },
  downstream: { receivedBytes: downstream[0], sentBytes: downstream[1] },
})
const before = counts([500, 500], [80, 80])

/** A link whose protocol nobody here speaks is witnessed by what its proxy counts (FI-3). */
describe('the fate of a probe of 60 bytes, by the counters of the proxy', () => {
  it.each([
    ['passed on', counts([560, 560], [80, 80]), 'answered'],
    ['passed on among other traffic', counts([900, 900], [300, 300]), 'answered'],
    ['swallowed', counts([560, 500], [80, 80]), 'silent'],
    ['swallowed, and the answers to others too', counts([560, 500], [90, 80]), 'silent'],
    ['passed on, and what came back was swallowed', counts([560, 560], [90, 80]), 'closed'],
    ['not counted', before, 'uncounted'],
    ['counted in part', counts([530, 500], [80, 80]), 'uncounted'],
  ] as const)('%s', (_what, now, fate) => {
    expect(fateOf(before, now, 60)).toBe(fate)
  })
})
