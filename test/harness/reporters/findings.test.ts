import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { describeEvent, detailsOf } from '../../../harness/reporters/describe-event.ts'
import { differenceOf } from '../../../harness/reporters/difference.ts'
import { type Finding, findings } from '../../../harness/reporters/format.ts'
import { eventsAround, momentOf } from '../../../harness/reporters/moment.ts'
import { logsAround } from '../../../harness/reporters/node-logs.ts'
import { picturesAt } from '../../../harness/reporters/pictures.ts'
import { readRecord } from '../../../harness/reporters/record.ts'
import type { ScenarioResult } from '../../../harness/verdict/result.ts'
import { final, historyOf, publish, receive } from '../../support/histories.ts'
import { traceOf, writeViolatedRun } from './runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
writeViolatedRun(folder)
afterAll(() => rmSync(folder, { recursive: true }))
const record = readRecord(folder)
const scenario = record.run.scenarios[1]!
const finding = (change: Partial<Finding>): Finding => ({
  ...{ from: 'check', name: 'c', outcome: 'violated', why: 'w', sentence: 'c: w', evidence: {}, ...change },
})

describe('the findings of a scenario', () => {
  it('hold each violation once, with what was expected and seen', () => {
    const checks = [
      { name: 'expectations', outcome: 'violated' as const, why: 'the same again', evidence: {} },
      ...scenario.checks,
    ]
    expect(findings({ ...scenario, checks }).map(({ sentence }) => sentence)).toEqual([
      'after step 2, the page says <low>: alice sees item 1 as high, expected low',
      expect.stringMatching(/^views-match-fresh-render: stale view/),
    ])
    expect(findings(scenario)[0]!.evidence).toEqual({ expected: ['low'], seen: ['high'] })
  })
})

describe('the moment of a finding', () => {
  const end: ScenarioResult = { ...scenario, phases: [{ name: 'final-reads', startMs: 8_000, endMs: 9_000 }] }
  const history = historyOf(
    publish('n1', 1, 1_000),
    receive('alice', 'n1', 1, 2_000),
    receive('alice', 'n1', 1, 3_000),
    { type: 'expectation', who: 'scenario', value: { after: 2, text: 'it is seen', met: false }, tMs: 4_000 },
    final('cart', {}, 'alice'),
    final('cart', {}, 'bob'),
  ).events
  const message = { publisher: 'n1', seq: 1 }

  it.each([
    [
      'a failed expectation',
      { from: 'expectation', step: 2, name: 'after step 2, it is seen' },
      { tMs: 4_000, index: 3 },
    ],
    ['an event that a checker quotes', { evidence: { leak: history[1] } }, { tMs: 2_000, index: 1 }],
    [
      'a message that came twice',
      { evidence: { first: { ...message, subscriber: 'alice' } } },
      { tMs: 3_000, index: 2 },
    ],
    ['a message that never came', { evidence: { first: { ...message, subscriber: 'bob' } } }, { tMs: 1_000, index: 0 }],
    ['a last look', { evidence: { who: 'bob' } }, { tMs: 5_000, index: 5 }],
    ['a checker that says nothing of when', {}, { tMs: 9_000 }],
  ] as [string, Partial<Finding>, object][])('is that of %s', (_what, change, moment) => {
    expect(momentOf(finding(change), end, history)).toEqual(moment)
  })

  it('has twenty events around it, without metrics and the background', () => {
    const noise = { type: 'metric', who: 'n1', operation: 'm', value: {} } as const
    const many = Array.from({ length: 60 }, (_, n) => [receive('alice', 'n1', n, n), noise]).flat()
    const { events } = historyOf(...many, receive('background-v2', 'n1', 1, 30))
    const around = eventsAround({ tMs: 30, index: 60 }, finding({}), events)
    expect(around).toHaveLength(20)
    expect(around.map(({ who }) => who)).toEqual(around.map(() => 'alice'))
    expect(around.findIndex(({ index }) => index === 60)).toBe(10)
    const ofBackground = eventsAround({ tMs: 200 }, finding({ sentence: 'background-v2 was forgotten' }), events)
    expect(ofBackground.at(-1)!.who).toBe('background-v2')
  })
})

describe('what was expected and seen', () => {
  it('is a diff of lines with a little around it', () => {
    const expected = {
      page: '/',
      products: [
        { id: 1, name: 'a', level: 'low' },
        { id: 2, level: 'high' },
      ],
    }
    const seen = {
      page: '/',
      products: [
        { id: 1, name: 'a', level: 'out' },
        { id: 2, level: 'high' },
      ],
    }
    expect(differenceOf(expected, seen).map(({ sign, text }) => `${sign}${text}`)).toEqual([
      ' page: /',
      ' products:',
      '-  id 1, name a, level low',
      '+  id 1, name a, level out',
      '   id 2, level high',
    ])
  })

  it.each([
    [[], [1], ['-none', '+1']],
    [undefined, 'x', ['-nothing', '+x']],
    ['<p>a</p><b>c</b>', '<p>a</p><b>d</b>', [' <p>a</p>', '-<b>c</b>', '+<b>d</b>']],
    [1, 1, []],
  ])('of %j and %j', (expected, seen, lines) => {
    expect(differenceOf(expected, seen).map(({ sign, text }) => sign + text)).toEqual(lines)
  })
})

describe('the pages at that moment', () => {
  const read = () => traceOf(scenario.startedAt, { b: [500, 2_000, 9_000], a: [1_000], late: [8_000] })
  const of = (tMs: number) =>
    picturesAt({ ...scenario, artifacts: ['browser/x/alice-trace.zip'] }, tMs, read).map((one) => [one.who, one.tMs])

  it('are what each tab showed last before it, tabs in the order in which they were opened', () => {
    expect(of(3_000)).toEqual([
      ['alice', 2_000],
      ['alice#2', 1_000],
    ])
    expect(of(600)).toEqual([['alice', 500]])
  })

  it('are none of a trace that was cut off', () => {
    const cut = () => traceOf(scenario.startedAt, { a: [1_000] }).slice(0, -30)
    expect(picturesAt({ ...scenario, artifacts: ['browser/x/alice-trace.zip'] }, 3_000, cut)).toEqual([])
  })

  it('are those of the end where there is no trace', () => {
    const artifacts = ['browser/x/alice-2.png', 'browser/x/gone.png']
    const shown = picturesAt({ ...scenario, artifacts }, 1, (path) =>
      path.includes('alice') ? Buffer.from('p') : undefined,
    )
    expect(shown.map(({ who, tMs, mime }) => [who, tMs, mime])).toEqual([['alice#2', undefined, 'image/png']])
  })
})

it('the logs at that time come from nodes and the database, in order', () => {
  const lines = logsAround(scenario, 4_300, record.read)
  expect(lines.map(({ source, tMs, text }) => `${source} ${tMs} ${text}`)).toEqual([
    'db 4000 LOG:  ready',
    'n1 4200 warn just <before> peer=n2',
  ])
})

it.each([
  [{ type: 'invoke', operation: 'add_item' }, 'asks for add_item'],
  [{ type: 'unsure', operation: 'sell', error: 'timeout' }, 'sell unsure: timeout'],
  [
    { type: 'receive', event: 'ledger', topic: 'ping', value: { publisher: 'n1', seq: 2 } },
    'receives message 2 of n1 on ping',
  ],
  [{ type: 'expectation', value: { after: 2, text: 'all is well', met: true } }, 'after step 2, all is well: seen'],
] as const)('an event is told in words: %j', (event, words) => {
  expect(describeEvent({ index: 0, tMs: 0, who: 'alice', ...event })).toBe(words)
})

it('the details of an event are in words, and long opaque texts are cut', () => {
  const value = { items: [4, 5], token: 'x'.repeat(200) }
  expect(detailsOf({ index: 0, tMs: 0, who: 'alice', type: 'receive', event: 'cart', value })).toBe(
    'items (4, 5), token xxxxxxxxxxxx…',
  )
})

describe('the report of a violated run', () => {
  const page = new TextDecoder().decode(record.read('report.html'))

  it('begins with what failed, and has the diff, the pictures, the events and the logs of it', () => {
    const order = record.run.scenarios.map(({ id }) => page.indexOf(`<h2>${id.replace(/[<>&"]/g, '')}`))
    expect(page.indexOf('data-outcome="violated"')).toBeLessThan(page.indexOf('data-outcome="passed"'))
    expect(order[0]).toBeGreaterThan(0)
    expect(page).toContain('<span class="d-expected">- low</span>\n<span class="d-seen">+ high</span>')
    expect(page.match(/src="data:image\/jpeg;base64,/g)).toHaveLength(2)
    expect(page).toContain('events around it')
    expect(page).toContain('n1 warn just &lt;before&gt; peer=n2')
    expect(page).not.toContain('long before')
  })

  it('reads no file outside of the folder of the run', () => {
    expect(record.has('verdict.json')).toBe(true)
    expect(record.has('../../etc/passwd')).toBe(false)
    expect(record.read('../../../../../../etc/passwd')).toBeUndefined()
  })
})
