import { describe, expect, it } from 'vitest'
import { createLoadHistory } from '../../../system/observer/load-history.ts'
import { chartsOf, pathOf } from '../../../system/observer/page/chart.ts'

const reading = (loop: number) => ({ loop, cores: [0.5], lagMeanMs: 1, lagMaxMs: 9 })

describe('the load of the last minutes (RT-72)', () => {
  it('has a line for the event loop, each thread and each core, also for a thread that was not always there', () => {
    const history = createLoadHistory()
    history.add(reading(0.1), [])
    history.add(reading(0.2), [{ name: 'Loop.1', utilization: 1 }])
    history.add(reading(0.3), [])
    expect(history.lines()).toEqual([
      { name: 'main', kind: 'loop', shares: [0.1, 0.2, 0.3] },
      { name: 'Loop.1', kind: 'thread', shares: [null, 1, null] },
      { name: 'core 1', kind: 'core', shares: [0.5, 0.5, 0.5] },
    ])
    expect(history.lag()).toEqual({ meanMs: 1, maxMs: 9 })
  })

  it('forgets what is older than three minutes', () => {
    const history = createLoadHistory()
    history.add(reading(0.9), [{ name: 'Loop.1', utilization: 1 }])
    for (let second = 0; second < 180; second += 1) history.add(reading(0.1), [])
    expect(history.lines().map(({ name, shares }) => [name, shares.length])).toEqual([
      ['main', 180],
      ['core 1', 180],
    ])
    expect(history.lines()[0]!.shares).not.toContain(0.9)
  })

  it('is drawn from left to right, interrupted where there was nothing', () => {
    expect(pathOf([0, null, 1, 0.5])).toBe('M0.0 60.0M400.0 0.0L600.0 30.0')
    const svg = chartsOf([{ name: '<main>', kind: 'loop', shares: [0.25] }], 1_000)
    expect(svg).toContain('aria-label="loop &lt;main&gt;: 25 % busy now"')
  })
})
