import { describe, expect, it } from 'vitest'
import { judgeLate, type Pair, witnessAddedLatency } from '../../../harness/faults/latency-witness.ts'

const pair = (tookMs: number, controlMs: number): Pair => ({ tookMs, controlMs })
const slow = pair(210, 5)
const leastMs = 160

describe('whether everything comes late (FI-3, FI-4, FI-6)', () => {
  it.each([
    ['late', 'each does', [slow, slow, slow], {}],
    ['unclear', 'there are too few', [slow, slow], {}],
    ['late', 'there are few, and so many are enough', [slow], { enough: 1 }],
    ['in time', 'one does not', [slow, slow, slow, pair(12, 5)], {}],
    ['unclear', 'it came as late before', [slow, slow, slow], { beforeMs: 100 }],
    ['late', 'the machine stood still beside some of them', [slow, pair(210, 200), pair(900, 700), slow], {}],
    ['unclear', 'those beside came as late', [pair(300, 290), pair(250, 240), pair(400, 400), pair(260, 180)], {}],
  ] as const)('is "%s" when %s', (verdict, _when, pairs, options) => {
    expect(judgeLate(pairs, { leastMs, ...options })).toBe(verdict)
  })
})

/** Looks that find one thing after the other, the last again and again. */
function witnessOf(...finds: [...(Pair | string)[], Pair | string]) {
  return witnessEvery(450, ...finds)
}

function witnessEvery(lookMs: number, ...finds: [...(Pair | string)[], Pair | string]) {
  let nowMs = 0
  let looks = 0
  const clock = {
    monotonicMs: () => nowMs,
    async sleep(delayMs: number) {
      nowMs += delayMs
    },
  }
  async function look() {
    looks += 1
    nowMs += lookMs
    return finds[Math.min(looks, finds.length) - 1]!
  }
  return witnessAddedLatency(look, { what: 'a push', leastMs }, clock).then((witness) => ({ ...witness, looks }))
}

describe('a witness of what is late (FI-3, FI-4, FI-6)', () => {
  it('looks until there is enough, and says the quickest', async () => {
    const witness = await witnessOf(pair(900, 7), slow)
    expect(witness).toEqual({
      seen: true,
      looks: 3,
      why: 'a push takes 210 ms, the control probe 5 ms (the quickest of 3)',
    })
  })

  it('is over with the first that is in time', async () => {
    expect(await witnessOf(slow, pair(12, 300), slow)).toMatchObject({ seen: false, looks: 2 })
  })

  it('takes no account of a look that taught nothing, and says why when there is no other', async () => {
    expect(await witnessOf('nobody is there', slow)).toMatchObject({ seen: true, looks: 4 })
    expect(await witnessOf('nobody is there')).toMatchObject({ seen: false, why: 'nobody is there' })
    expect(await witnessOf(slow, 'nobody is there')).toMatchObject({ seen: false, why: 'nobody is there' })
  })

  it('waits for enough of those that take very long, and for no more', async () => {
    expect(await witnessEvery(5_000, pair(4_900, 5))).toMatchObject({ seen: true, looks: 3 })
    expect(await witnessEvery(5_000, pair(4_900, 4_900))).toMatchObject({ seen: false, looks: 3 })
  })

  it('does not look for ever at what stays unclear', async () => {
    expect(await witnessOf(pair(300, 300))).toMatchObject({ seen: false, looks: 13 })
  })
})
