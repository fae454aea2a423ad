import { describe, expect, it } from 'vitest'
import { createRunHistory, quietMs, sampleEveryMs } from '../../../../system/apps/workshop/run-history.ts'
import { createFakeClock } from '../../../support/channel-case.ts'

const counts = { refused: 0, unprocessed: 0, processed: 0, dropped: 0, lost: 0 }
const usage = { cpuMs: 0, rssBytes: 0, heapBytes: 0, actors: 0 }

function start() {
  const clock = createFakeClock()
  let inside = 0
  const history = createRunHistory({
    clock,
    look: () => ({ ...counts, ...usage, inside }),
    isBusy: () => inside > 0,
  })
  function use(count: number) {
    inside = count
    history.noteWork(count)
  }
  return { clock, history, use, leave: () => (inside = 0) }
}

describe('the history of one run', () => {
  it('has samples while there is work and a little longer, then not even a timer (MR-17)', async () => {
    const { clock, history, use, leave } = start()
    expect(clock.timerCount()).toBe(0)
    use(2)
    await clock.advance(2 * sampleEveryMs)
    leave()
    await clock.advance(10 * quietMs)
    const { samples } = history.run()
    expect(samples.slice(0, 4).map(({ atMs, inside }) => [atMs, inside])).toEqual([
      [0, 2],
      [50, 2],
      [100, 2],
      [150, 0],
    ])
    expect(samples.at(-1)!.atMs).toBe(2 * sampleEveryMs + quietMs)
    expect(clock.timerCount()).toBe(0)
  })

  it('is the same run after a pause, and another one after a long one', async () => {
    const { clock, history, use, leave } = start()
    use(9)
    leave()
    await clock.advance(quietMs / 2)
    use(3)
    expect(history.run()).toMatchObject({ insideMax: 9 })
    leave()
    await clock.advance(3 * quietMs)
    use(4)
    expect(history.run()).toMatchObject({ insideMax: 4, samples: [{ atMs: 0, inside: 4 }] })
  })

  it('keeps a long run whole, in fewer than a thousand samples', async () => {
    const { clock, history, use } = start()
    use(1)
    await clock.advance(200_000)
    const { samples } = history.run()
    expect(samples.length).toBeLessThan(1_000)
    expect(samples.length).toBeGreaterThan(400)
    expect(samples[0]!.atMs).toBe(0)
    expect(samples.at(-1)!.atMs).toBeGreaterThan(199_000)
  })

  it('can be begun anew in the middle of work', async () => {
    const { clock, history, use } = start()
    use(7)
    history.noteEvent({ depth: 1, latencyMs: 5 })
    await clock.advance(500)
    history.clear()
    await clock.advance(100)
    expect(history.run().events).toEqual([])
    expect(history.run().samples.map(({ atMs }) => atMs)).toEqual([0, 50, 100])
  })
})
