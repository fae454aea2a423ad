import { describe, expect, it } from 'vitest'
import { backlogSlope, isSustained, searchCapacity } from '../../../harness/load/capacity.ts'
import { createFrameReader, frameSize, maskedFrame } from '../../../harness/load/frames.ts'
import { mergeStages } from '../../../harness/load/generator.ts'
import { isBelievable, judgeGenerator } from '../../../harness/load/honesty.ts'
import { createLatencies, encodedLatencies, mergedLatencies, quantileMs } from '../../../harness/load/latencies.ts'
import { isError, wordingOf } from '../../../harness/load/messages.ts'
import { poissonSchedule } from '../../../harness/load/schedule.ts'
import { createTally } from '../../../harness/load/tally.ts'
import { stageOf } from '../../support/stages.ts'

const options = { seed: 5, ratePerS: 1_000, durationMs: 10_000, senders: 20 }

describe('the schedule', () => {
  it('is fixed by its seed', () => {
    expect(poissonSchedule(options)).toEqual(poissonSchedule(options))
    expect(poissonSchedule({ ...options, seed: 6 })).not.toEqual(poissonSchedule(options))
  })

  it('has the rate that was asked for, gaps of a Poisson process, and all senders', () => {
    const { atMs, connection } = poissonSchedule(options)
    expect(atMs.length).toBeGreaterThan(9_600)
    expect(atMs.length).toBeLessThan(10_400)
    const gaps = [...atMs].slice(1).map((at, index) => at - atMs[index]!)
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
    // Exponential: the deviation is the mean. Even pacing, which hides queues, would have none.
    expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.95)
    expect(Math.sqrt(variance) / mean).toBeLessThan(1.05)
    expect(new Set(connection).size).toBe(20)
    expect(gaps.every((gap) => gap >= 0)).toBe(true)
  })
})

/** As a server sends it: not masked. */
function serverFrame(text: string): Buffer {
  const body = Buffer.from(text)
  const head = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.from([0x81, 126, 0, 0])
  if (body.length >= 126) head.writeUInt16BE(body.length, 2)
  return Buffer.concat([head, body])
}

describe('frames', () => {
  it.each(['', 'x', 'x'.repeat(125), 'é'.repeat(63), 'x'.repeat(5_000)])(
    'are masked and can be unmasked (%#)',
    (text) => {
      const frame = maskedFrame(text)
      const { head, body } = frameSize(frame, 0)!
      const mask = frame.subarray(head, head + 4)
      const plain = frame.subarray(head + 4).map((byte, at) => byte ^ mask[at % 4]!)
      expect(body).toBe(Buffer.byteLength(text))
      expect(Buffer.from(plain).toString()).toBe(text)
    },
  )

  it('are read the same however the bytes are cut', () => {
    const texts = ['one', 'x'.repeat(300), '', 'four']
    const pong = Buffer.from([0x8a, 0])
    const bytes = Buffer.concat([
      Buffer.from('HTTP/1.1 101 Switching\r\n\r\n'),
      ...texts.slice(0, 2).map(serverFrame),
      pong,
      ...texts.slice(2).map(serverFrame),
    ])
    for (let size = 1; size <= bytes.length; size += 7) {
      const read: string[] = []
      let upgrades = 0
      const reader = createFrameReader(
        () => {
          upgrades += 1
        },
        (data, from, to) => void read.push(data.toString('utf8', from, to)),
      )
      for (let at = 0; at < bytes.length; at += size) reader.read(Buffer.from(bytes.subarray(at, at + size)))
      expect(read).toEqual(texts)
      expect(upgrades).toBe(1)
    }
  })

  it('of a server that refuses the upgrade are an error with its status', () => {
    const reader = createFrameReader(
      () => {},
      () => {},
    )
    expect(() => reader.read(Buffer.from('HTTP/1.1 403 Forbidden\r\n\r\n'))).toThrow('HTTP/1.1 403 Forbidden')
  })
})

const refIn = (version: '1.0.0' | '2.0.0', text: string) => {
  const bytes = Buffer.from(`junk${text}junk`)
  return wordingOf[version].replyRef(bytes, 4, bytes.length - 4)
}

describe('messages', () => {
  it('reads the ref of a reply in both versions', () => {
    expect(refIn('2.0.0', '["1","4711","work:3","phx_reply",{"status":"ok","response":{}}]')).toBe(4711)
    expect(
      refIn('1.0.0', '{"topic":"work:3","event":"phx_reply","payload":{"status":"ok","response":{}},"ref":"4711"}'),
    ).toBe(4711)
    expect(
      refIn('1.0.0', '{"ref":"12","topic":"t","payload":{"status":"ok","response":{"n":"5"}},"event":"phx_reply"}'),
    ).toBe(12)
  })

  it('takes nothing else for a reply', () => {
    expect(refIn('2.0.0', '[null,null,"work:3","shout",{"i":3}]')).toBe(-1)
    expect(refIn('1.0.0', '{"topic":"work:3","event":"shout","payload":{},"ref":null}')).toBe(-1)
  })

  it('reads the number of a broadcast in both versions', () => {
    const v2 = Buffer.from('[null,null,"work:all","shout",{"i":91}]')
    const v1 = Buffer.from('{"topic":"work:all","event":"shout","payload":{"i":91},"ref":null}')
    expect(wordingOf['2.0.0'].broadcastIndex('work:all', 'shout')(v2, 0, v2.length)).toBe(91)
    expect(wordingOf['1.0.0'].broadcastIndex('work:all', 'shout')(v1, 0, v1.length)).toBe(91)
    expect(wordingOf['2.0.0'].broadcastIndex('work:other', 'shout')(v2, 0, v2.length)).toBe(-1)
  })

  it('sees an error in its own message only', () => {
    const [good, bad] = ['{"status":"ok"}', '{"status":"error"}']
    const bytes = Buffer.from(good + bad)
    expect(isError(bytes, 0, good.length)).toBe(false)
    expect(isError(bytes, good.length, bytes.length)).toBe(true)
  })

  it.each(['1.0.0', '2.0.0'] as const)('writes pushes of %s that are JSON', (version) => {
    expect(JSON.stringify(JSON.parse(wordingOf[version].push(12, 'work:"1"', 'sync', '{"a":1}')))).toContain('"12"')
  })
})

describe('latencies', () => {
  const of = (...ms: number[]) => {
    const latencies = createLatencies()
    for (const one of ms) latencies.recordValue(one * 1_000)
    return latencies
  }

  it('count lost messages as slower than all others', () => {
    const ten = of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    expect(quantileMs(ten, 0, 0.5)).toBeCloseTo(5, 1)
    expect(quantileMs(ten, 10, 0.5)).toBeCloseTo(10, 1)
    expect(quantileMs(ten, 11, 0.5)).toBe(Number.POSITIVE_INFINITY)
    expect(quantileMs(of(), 0, 0.5)).toBeNaN()
  })

  it('of several threads are merged, not averaged', () => {
    const merged = mergedLatencies([of(1, 1, 1), of(100)].map(encodedLatencies))
    expect(quantileMs(merged, 0, 0.75)).toBeCloseTo(1, 1)
    expect(quantileMs(merged, 0, 0.99)).toBeCloseTo(100, 0)
  })
})

/** Four messages at 0, 100, 200 and 300 ms. */
const tallyOf = (more: object = {}) =>
  createTally({
    schedule: { atMs: Float64Array.of(0, 100, 200, 300), connection: Uint32Array.of(0, 0, 0, 0) },
    durationMs: 400,
    slotMs: 200,
    sends: () => true,
    answersEach: 1,
    answersToAll: false,
    connections: 2,
    ...more,
  })

describe('the tally of a stage', () => {
  it('measures from the intended time, so a stall of the sender counts', () => {
    const tally = tallyOf()
    tally.sent(0, 390)
    tally.arrived(0, 0, 400, false)
    expect(quantileMs(tally.slots[0]!, 0, 0.5)).toBeCloseTo(400, 0)
    expect(quantileMs(tally.lag, 0, 0.5)).toBeCloseTo(390, 0)
  })

  it('files a latency under the second in which the message was due', () => {
    const tally = tallyOf()
    tally.sent(3, 300)
    tally.arrived(0, 3, 900, false)
    expect(tally.slots.map((slot) => slot.totalCount)).toEqual([0, 1])
  })

  it('counts replies that were overtaken, doubled or errors, and none of another stage', () => {
    const tally = tallyOf()
    for (const [index, isBad] of [
      [2, false],
      [0, false],
      [2, false],
      [3, true],
      [4, false],
      [-1, false],
    ] as const) {
      if (index >= 0 && index < 4) tally.sent(index, 0)
      tally.arrived(0, index, 400, isBad)
    }
    expect(tally.counts).toMatchObject({ received: 3, overtaken: 1, doubled: 1, errors: 1, expected: 4 })
    expect(tally.isComplete()).toBe(false)
  })

  it('does not count a message of the second after the stage as sent in time', () => {
    const tally = tallyOf()
    tally.sent(0, 410)
    tally.sent(1, 500)
    expect(tally.counts.sentInTime).toBe(1)
  })

  it('expects a broadcast once for each member, whoever sent it', () => {
    const tally = tallyOf({ sends: () => false, answersEach: 2, answersToAll: true })
    for (const connection of [0, 1]) for (const index of [0, 1, 2, 3]) tally.arrived(connection, index, 400, false)
    expect(tally.counts).toMatchObject({ offered: 0, expected: 8, received: 8, doubled: 0, overtaken: 0 })
    expect(tally.isComplete()).toBe(true)
  })
})

describe('the generator judges itself', () => {
  it('and is believed when it kept its schedule', () => {
    expect(isBelievable(stageOf(), 0.5)).toBe(true)
  })

  it.each([
    ['achieved', { sentInTime: 980 }],
    ['event-loop', { busy: 0.71 }],
    ['connections', { closed: 1 }],
  ])('and is not believed when it failed %s', (name, more) => {
    const failed = judgeGenerator(stageOf(more), 0.5).filter(({ passed }) => !passed)
    expect(failed.map((gate) => gate.name)).toEqual([name])
  })

  it('and is not believed at the percentile at which it was late, but at the others', () => {
    const lag = createLatencies()
    for (let n = 0; n < 1_000; n += 1) lag.recordValue(n < 950 ? 500 : 30_000)
    expect(isBelievable(stageOf({ lag }), 0.5)).toBe(true)
    expect(isBelievable(stageOf({ lag }), 0.99)).toBe(false)
  })

  it('and is not believed when it sent nothing', () => {
    expect(isBelievable(stageOf({ offered: 0, sentInTime: 0 }), 0.5)).toBe(false)
  })

  it('adds up what its threads counted', () => {
    const { counts, slots, lag } = tallyOf()
    const one = {
      counts: { ...counts, received: 3, expected: 4 },
      slots: slots.map(encodedLatencies),
      lag: encodedLatencies(lag),
      backlog: [1, 2],
      busy: 0.2,
      closed: 0,
    }
    const merged = mergeStages(
      { seed: 1, ratePerS: 1, durationMs: 400, slotMs: 200, event: 'e', payloads: [], mode: 'reply', drainMs: 1 },
      [one, { ...one, drainedMs: 5, backlog: [3, 4, 5], busy: 0.6 }],
    )
    expect(merged).toMatchObject({ expected: 8, received: 6, lost: 2, backlog: [4, 6], busy: 0.6 })
    expect(merged.drainedMs).toBeUndefined()
  })
})

/** A system that sustains so much, and a generator that can send so much. */
const system = (capacity: number, generatorMost = Number.POSITIVE_INFINITY) => {
  const asked: number[] = []
  const measure = async (ratePerS: number) => {
    asked.push(ratePerS)
    const excess = Math.max(0, ratePerS - capacity)
    const backlog = Array.from({ length: 30 }, (_, at) => 10 + (excess * at) / 10)
    return stageOf({
      ratePerS,
      backlog,
      ...(ratePerS > generatorMost && { sentInTime: 900, backlog: backlog.map((n, at) => n + 100 * at) }),
    })
  }
  return { asked, measure }
}

describe('the search for the capacity', () => {
  it.each([37, 900, 1_840, 7_000])('finds %i messages per second within a tenth', async (capacity) => {
    const found = await searchCapacity({ startPerS: 250, mostPerS: 50_000, measure: system(capacity).measure })
    expect(found.limitedBy).toBe('system')
    expect(found.ratePerS).toBeLessThanOrEqual(capacity * 1.06)
    expect(found.ratePerS).toBeGreaterThan(capacity / 1.12)
  })

  it('says that it stopped at the highest rate that was asked for', async () => {
    const { asked, measure } = system(100_000)
    expect(await searchCapacity({ startPerS: 250, mostPerS: 1_500, measure })).toEqual({
      ratePerS: 1_500,
      limitedBy: 'search',
    })
    expect(Math.max(...asked)).toBe(1_500)
  })

  it('says that the generator was the limit, instead of calling its limit that of the system', async () => {
    const found = await searchCapacity({ startPerS: 250, mostPerS: 50_000, measure: system(100_000, 3_000).measure })
    expect(found).toEqual({ ratePerS: 2_000, limitedBy: 'generator' })
  })

  it('tries a disturbed rate again', async () => {
    const { measure } = system(1_000)
    let turn = 0
    const disturbed = async (rate: number) => {
      turn += 1
      return turn === 1 ? stageOf({ ratePerS: rate, lost: 3 }) : measure(rate)
    }
    expect((await searchCapacity({ startPerS: 500, mostPerS: 50_000, measure: disturbed })).ratePerS).toBeGreaterThan(
      890,
    )
  })

  it('ends at nothing when no rate is sustained', async () => {
    expect(
      await searchCapacity({
        startPerS: 250,
        mostPerS: 1_000,
        measure: async (ratePerS) => stageOf({ ratePerS, errors: 5 }),
      }),
    ).toEqual({ ratePerS: 0, limitedBy: 'system' })
  })

  it('knows a backlog that grows from one that goes up and down', () => {
    const wave = Array.from({ length: 30 }, (_, at) => 100 + (at % 2) * 40)
    expect(isSustained(stageOf({ backlog: wave }))).toBe(true)
    expect(backlogSlope({ backlog: Array.from({ length: 30 }, (_, at) => 50 * at), durationMs: 3_000 })).toBeCloseTo(
      500,
      -1,
    )
  })
})
