import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ConsoleOptions, consoleReporter } from '../../../harness/reporters/console.ts'
import { verdictSentence } from '../../../harness/reporters/format.ts'
import { palette, wantsColor } from '../../../harness/reporters/palette.ts'
import { readRecord } from '../../../harness/reporters/record.ts'
import { handClock } from '../../support/hand-clock.ts'

const { run } = readRecord(join(import.meta.dirname, 'fixture'))

function events(isTty: boolean, more: Partial<ConsoleOptions> = {}) {
  const { clock, forward } = handClock()
  let progress = ''
  let result = ''
  const reporter = consoleReporter({
    write: (text) => {
      progress += text
    },
    writeResult: (text) => {
      result += text
    },
    isTty,
    color: false,
    clock,
    ...more,
  })
  return { reporter, forward, progress: () => progress, result: () => result }
}

const start = { suite: 'acceptance', seed: '0x5eed', nodes: 3, scenarioCount: 2, folder: '/somewhere/reports/r1' }

describe('the console', () => {
  it('prints what the faults of a scenario hit, and what they did not', () => {
    const { reporter, progress } = events(false)
    const cells = [{ cell: 'buy at committed' }, { cell: 'add at asked', missed: 'too slow' }]
    reporter.onScenarioEnd?.({ ...run.scenarios[1]!, cells })
    expect(progress()).toContain('    hit: buy at committed\n    unknown: add at asked: too slow\n')
  })

  it('is quiet where there is no terminal: one line for each scenario that ended', () => {
    const { reporter, progress } = events(false)
    reporter.onRunStart?.({ ...start, planned: [{ id: 'a/one' }, { id: run.scenarios[0]!.id }] })
    reporter.onScenarioStart?.({ id: 'a/one', title: 'the first' })
    reporter.onStep?.('a/one', 1, 'cut the link')
    reporter.onFault?.('a/one', { kind: 'link.cut', target: 'n1->n2', state: 'on' })
    reporter.onScenarioEnd?.(run.scenarios[0]!)
    expect(progress()).toBe(
      `2 scenarios, 3 nodes, seed 0x5eed, reports/r1\n[1 of 2]  ✓ passed  ${run.scenarios[0]!.id}  11.8 s\n`,
    )
  })

  it('tells with --verbose in plain lines what is broken and for how long', () => {
    const { reporter, forward, progress } = events(false, { verbose: true })
    reporter.onRunStart?.({ ...start, planned: [{ id: 'a/one' }, { id: 'a/two' }] })
    reporter.onScenarioStart?.({ id: 'a/one', title: 'the first' })
    reporter.onPhase?.('a/one', 'steps')
    reporter.onStep?.('a/one', 1, 'cut the link')
    reporter.onFault?.('a/one', { kind: 'link.cut', target: 'n1->n2', state: 'injecting' })
    forward(1_500)
    reporter.onFault?.('a/one', { kind: 'link.cut', target: 'n1->n2', state: 'on' })
    forward(1_000)
    reporter.onFault?.('a/one', { kind: 'link.cut', target: 'n1->n2', state: 'off' })
    reporter.onScenarioEnd?.(run.scenarios[1]!)
    expect(progress()).toBe(
      [
        '2 scenarios, 3 nodes, seed 0x5eed, reports/r1',
        '> a/one: the first',
        '  a/one: step 1, cut the link (0 ms)',
        '  a/one: broken now: link.cut n1->n2 (1.5 s)',
        '  a/one: healed: link.cut n1->n2 (2.5 s)',
        '[1 of 2]  ✗ violated  store/stock <broken> & "quoted"  6.2 s',
        '    after step 2, the page says <low>: not within 2000 ms; last saw "high"',
        '    views-match-fresh-render: stale view: alice differs from a fresh rendering by n1: item 1 shows high, not low',
        '',
      ].join('\n'),
    )
  })

  it('redraws on a terminal, one line for each scenario and one for what is left', () => {
    const { reporter, progress } = events(true)
    const planned = [
      { id: 'a/one', lastMs: 60_000 },
      { id: 'a/two', lastMs: 20_000 },
    ]
    reporter.onRunStart?.({ ...start, planned, jobs: 1 })
    reporter.onScenarioStart?.({ id: 'a/one', title: 'the first' })
    reporter.onScenarioStart?.({ id: 'a/two', title: 'the second' })
    reporter.onFault?.('a/one', { kind: 'node.kill', target: 'n1', state: 'on' })
    reporter.onScenarioEnd?.({ ...run.scenarios[0]!, id: 'a/two' })
    expect(progress()).toContain(
      '✓ passed  a/two  11.8 s\n⠋ a/one  breaking node.kill n1  0 ms\n1 of 2, about 60 s left\n',
    )
  })

  it('keeps id and time where the terminal is narrow', () => {
    const { reporter, progress } = events(true, { size: () => ({ columns: 40, rows: 24 }) })
    const id = 'cluster/a-scenario-with-a-long-name'
    reporter.onRunStart?.(start)
    reporter.onScenarioStart?.({ id, title: 'long' })
    reporter.onScenarioStart?.({ id: 'a/two', title: 'short' })
    reporter.onFault?.('a/two', { kind: 'node.kill', target: 'n1,n2,n3,n4,n5', state: 'on' })
    reporter.onScenarioEnd?.({ ...run.scenarios[0]!, id: 'a/three' })
    expect(progress()).toContain('⠋ cluster/a-scenario-with-a-long…  0 ms\n⠋ a/two  breaking node.kill n1,n…  0 ms\n')
  })

  it('ends with the table, the sentence and the command that repeats the run', async () => {
    const { reporter, result } = events(false)
    reporter.onRunStart?.(start)
    await reporter.onRunEnd?.(run)
    await expect(result()).toMatchFileSnapshot('expected/console.txt')
  })

  it('paints only on a terminal, and never with NO_COLOR', () => {
    expect([wantsColor(true, {}), wantsColor(false, {}), wantsColor(true, { NO_COLOR: '1' })]).toEqual([
      true,
      false,
      false,
    ])
    expect(palette(false).passed('fine')).toBe('fine')
    expect(palette(true).passed('fine')).toBe('\x1b[32mfine\x1b[39m')
  })
})

describe('the verdict in one sentence', () => {
  const passed = run.scenarios.slice(0, 1)
  it.each([
    ['nothing ran', { ...run, scenarios: [] }, 'Unknown: no scenario ran.'],
    [
      'all is well',
      { ...run, scenarios: passed, leaks: [] },
      'Passed: 1 scenario held every invariant; faults witnessed: 2 of 2.',
    ],
    [
      'something is left behind',
      { ...run, scenarios: passed },
      'Passed: 1 scenario held every invariant; faults witnessed: 2 of 2, but the run left 1 thing behind.',
    ],
    [
      'nothing is proven',
      { ...run, scenarios: run.scenarios.slice(2) },
      'Unknown: 1 scenario of 1 was inconclusive, first cluster/unused-link (faults-witnessed: link.cut on carol->n3 did not take hold: nobody uses link carol->n3: it carried no bytes).',
    ],
    [
      'somebody stopped it',
      { ...run, scenarios: passed, interrupted: true },
      'Interrupted: 1 scenario had begun; the report is partial.',
    ],
  ])('when %s', (_when, document, sentence) => {
    expect(verdictSentence(document)).toBe(sentence)
  })
})
