import { describe, expect, it } from 'vitest'
import { manners } from '../../../../harness/checkers/core/manners/index.ts'
import { type ErrorLine, mannersOf, type NodeEnd, type SocketEvent } from '../../../../harness/history/manners.ts'
import type { Verdict } from '../../../../harness/verdict/checker.ts'
import { fault, final, historyOf, type TestEvent, theEnd } from '../../../support/histories.ts'

const settings: TestEvent = {
  type: 'read',
  who: 'scenario',
  operation: mannersOf.settings,
  value: { idleTimeoutMs: 10_000 },
  tMs: 0,
}
const read = (operation: string, tMs: number, value: unknown, who = 'scenario'): TestEvent => ({
  type: 'read',
  who,
  operation,
  value,
  tMs,
})

/** What the socket of alice did on n1; `atMs` is the time of the history unless it says otherwise. */
function socket(kind: SocketEvent['kind'], tMs: number, more: Partial<SocketEvent> = {}): TestEvent {
  const common = { document: 1, path: '/socket/websocket', socket: 1, link: 'alice->n1', isOfficial: true } as const
  const ended = kind === 'end' ? ({ code: 1006, wasOpen: true, closedBy: 'others' } as const) : {}
  return { ...read(mannersOf.socket, tMs, { ...common, kind, atMs: tMs, ...ended, ...more }, 'alice'), node: 'n1' }
}
const stall = (tMs: number, forMs: number) => read(mannersOf.stall, tMs, { forMs }, 'harness')
const provocation = (tMs: number, ...who: string[]) => read(mannersOf.provocation, tMs, { why: 'a test', who })
const left = (tMs: number, event?: string): TestEvent => ({
  type: 'leave',
  who: 'alice',
  topic: 'ping',
  node: 'n1',
  tMs,
  ...(event && { event }),
})
const joinedAtEnd = (tMs: number, connected: boolean): TestEvent => ({
  ...final('joined', { connected, expected: ['ping'], joined: [] }, 'alice'),
  tMs,
})
const operation = (
  op: number,
  beginMs: number,
  endMs: number,
  type: 'ok' | 'failed' | 'unsure',
  error?: string,
): TestEvent[] => [
  { type: 'invoke', who: 'bob', operation: 'purchase', op, tMs: beginMs },
  { type, who: 'bob', operation: 'purchase', op, tMs: endMs, ...(error && { error }) },
]
const errors = (...lines: ErrorLine[]) => final(mannersOf.errors, lines, 'n1', 'n1')
const ends = (end: Partial<NodeEnd> = {}) =>
  final(mannersOf.ends, [{ signal: 'SIGTERM', code: 0, tookMs: 900, hasEnded: true, ...end }], 'n1', 'n1')
const sees = (node: string, tMs: number, peers: Record<string, boolean>) => read(mannersOf.peers, tMs, peers, node)

/** In the order of time, as every history is; an event without a time comes last. */
function judge(name: string, ...events: TestEvent[]): Verdict {
  const timed = [settings, ...events].map((one) => ({ tMs: Number.POSITIVE_INFINITY, ...one }))
  const lastMs = Math.max(...timed.map(({ tMs }) => (Number.isFinite(tMs) ? tMs : 0)))
  const ordered = timed.toSorted((one, other) => one.tMs - other.tMs)
  const checker = manners.find((one) => one.name === name)!
  return checker.check(historyOf(...ordered.map((one) => ({ ...one, tMs: Math.min(one.tMs, lastMs) }))))
}
const checkerOf = (name: string) => manners.find((one) => one.name === name)!
const outcome = (name: string, ...events: TestEvent[]) => judge(name, ...events).outcome
const onN1 = { target: 'n1', parts: ['n1'] }

/** The nodes run already, and are not ours. */
const foreign = read(mannersOf.settings, 0, { idleTimeoutMs: 10_000, isSomebodyElses: true })

describe('a system that somebody else has written', () => {
  const lacks = (name: string, ...events: TestEvent[]) => checkerOf(name).lacks?.(historyOf(...events))

  it.each(['nodes-stop-in-order', 'peers-agree-again'])('%s does not judge it, and says why', (name) => {
    expect(lacks(name, foreign)).toMatch(/^the system does not say how/)
    expect(lacks(name, settings)).toBe(undefined)
  })

  it('may answer a heartbeat later than its client waits', () => {
    const givenUp = socket('end', 4_000, { closedBy: 'heartbeat' })
    const name = 'connections-end-for-a-reason'
    expect(checkerOf(name).check(historyOf(foreign, givenUp)).outcome).toBe('unknown')
    expect(outcome(name, givenUp)).toBe('violated')
  })

  it('closes an idle connection with a code of its own, and no other one', () => {
    const judgeForeign = (silentMs: number) =>
      checkerOf('connections-end-for-a-reason').check(
        historyOf(foreign, socket('end', 30_000, { code: 1000, silentMs })),
      ).outcome
    expect([judgeForeign(10_000), judgeForeign(5_000)]).toEqual(['passed', 'violated'])
    expect(outcome('connections-end-for-a-reason', socket('end', 30_000, { code: 1000, silentMs: 10_000 }))).toBe(
      'violated',
    )
  })
})

it.each(manners.map(({ name }) => name))('%s knows nothing of a run that was not watched', (name) =>
  expect(manners.find((one) => one.name === name)!.check(historyOf(theEnd(9))).outcome).toBe('unknown'),
)

describe('connections-end-for-a-reason', () => {
  const name = 'connections-end-for-a-reason'

  it('is violated by a connection that ends for no reason, in the words of how', () => {
    expect(judge(name, socket('end', 4_000))).toMatchObject({
      outcome: 'violated',
      why: 'thrown out: alice lost its connection (code 1006) at 4.0 s on n1, and nothing explains it',
    })
    expect(judge(name, socket('end', 4_000, { closedBy: 'heartbeat' })).why).toMatch(/^thrown out: alice gave up/)
  })

  it.each<[string, TestEvent[]]>([
    ['its client closed it', [socket('end', 4_000, { closedBy: 'client' })]],
    ['it had never been open', [socket('end', 4_000, { wasOpen: false })]],
    ['its node was killed', [fault(3_000, onN1), socket('end', 4_000)]],
    ['its link was cut', [fault(3_000, { kind: 'link.cut', target: 'alice->n1' }), socket('end', 4_000)]],
    [
      'its channel was aimed at',
      [fault(3_000, { kind: 'actor.kill', target: 'n1/PingChannel:ping' }), socket('end', 4_000)],
    ],
    ['a fault ended just before', [fault(3_000, { ...onN1, witnessedOffMs: 3_500 }), socket('end', 7_000)]],
    [
      'what it polled another node for was lost in a fault, and it gave up as late as it does',
      [
        fault(3_000, { kind: 'redis.kill', target: 'redis', witnessedOffMs: 3_300 }),
        socket('end', 12_200, { closedBy: 'heartbeat', through: 'n2' }),
      ],
    ],
    ['its client sent nonsense', [socket('end', 4_000, { isHostile: true })]],
    ['the scenario provoked it', [provocation(3_000, 'alice'), socket('end', 4_000)]],
    ['its client was idle for too long', [socket('end', 4_000, { code: 1002, silentMs: 9_800 })]],
  ])('passes where %s', (_what, events) => expect(outcome(name, ...events)).toBe('passed'))

  const aged = (tMs: number, code: number) => [
    read(mannersOf.settings, 0, { idleTimeoutMs: 10_000, maxAgeMs: 5_000 }),
    socket('open', 1_000),
    socket('end', tMs, { code }),
  ]
  it('passes a connection that has reached the maximum age of its node, and none that is younger (DP-24, DF-140)', () => {
    const judged = (tMs: number, code: number) => checkerOf(name).check(historyOf(...aged(tMs, code))).outcome
    expect([judged(6_000, 1012), judged(3_000, 1012), judged(6_000, 1006)]).toEqual(['passed', 'violated', 'violated'])
  })

  it.each<[string, TestEvent[]]>([
    ['another node was killed', [fault(3_000), socket('end', 4_000)]],
    [
      'it polled another node, and the fault was over long before it began to wait',
      [
        fault(3_000, { kind: 'redis.kill', target: 'redis', witnessedOffMs: 3_300 }),
        socket('end', 18_000, { closedBy: 'heartbeat', through: 'n2' }),
      ],
    ],
    [
      'the clock of its node was wrong',
      [fault(3_000, { kind: 'clock.skew', options: { skewMs: 9 }, ...onN1 }), socket('end', 4_000)],
    ],
    ['a fault was over for long', [fault(1_000, { ...onN1, witnessedOffMs: 2_000 }), socket('end', 9_000)]],
    [
      'something else was provoked',
      [read(mannersOf.provocation, 3_000, { why: 'a test', who: ['alice'], code: 1001 }), socket('end', 4_000)],
    ],
    ['somebody else was provoked', [provocation(3_000, 'bob'), socket('end', 4_000)]],
    ['its client was idle for half of the time only', [socket('end', 4_000, { code: 1002, silentMs: 5_000 })]],
    ['its client sends heartbeats and was called idle', [socket('end', 4_000, { code: 1002 })]],
  ])('is violated where %s', (_what, events) => expect(outcome(name, ...events)).toBe('violated'))

  it('is unknown where the machine stood still just before', () => {
    expect(outcome(name, stall(3_900, 800), socket('end', 4_000))).toBe('unknown')
    expect(outcome(name, stall(3_900, 100), socket('end', 4_000))).toBe('violated')
    expect(outcome(name, stall(900, 800), socket('end', 9_000))).toBe('violated')
  })

  it('is unknown where a client gave up a connection once: its browser may have stood still', () => {
    const givenUp = (tMs: number) => socket('end', tMs, { closedBy: 'heartbeat' })
    const inBrowser: TestEvent = { ...read('client', 0, { kind: 'tab', owner: 'alice' }, 'alice'), node: 'n1' }
    expect(judge(name, inBrowser, givenUp(4_000), givenUp(9_000))).toMatchObject({
      outcome: 'unknown',
      why: expect.stringMatching(/its heartbeat was not answered at 4\.0 s on n1, and nothing explains it but/),
    })
    expect(outcome(name, inBrowser, givenUp(4_000), givenUp(9_000), givenUp(14_000))).toBe('violated')
    expect(outcome(name, givenUp(4_000))).toBe('violated')
    expect(outcome(name, stall(3_900, 800), givenUp(4_000))).toBe('unknown')
  })

  it('judges channels as well', () => {
    expect(judge(name, left(4_000, 'phx_error')).why).toMatch(/^broken off: the channel ping of alice on n1 crashed/)
    expect(outcome(name, left(4_000, 'phx_close'))).toBe('violated')
    expect(outcome(name, left(3_990), left(4_000, 'phx_close'))).toBe('passed')
    expect(outcome(name, left(3_990), left(4_000, 'phx_error'))).toBe('violated')
    expect(outcome(name, provocation(3_000, 'alice'), left(4_000, 'phx_error'))).toBe('passed')
  })

  it('counts a provocation from when the client is there', () => {
    const connected: TestEvent = { type: 'connect', who: 'alice', node: 'n1', tMs: 20_000 }
    const crashed = (tMs: number) => outcome(name, provocation(3_000, 'alice'), connected, left(tMs, 'phx_error'))
    expect([crashed(21_000), crashed(60_000)]).toEqual(['passed', 'violated'])
  })
})

describe('clients-back-off', () => {
  const name = 'clients-back-off'
  const attempt = (atMs: number) => socket('attempt', atMs)
  const failed = (atMs: number) => socket('end', atMs, { wasOpen: false })

  it('passes the delays of the official client', () => {
    const events = [
      socket('open', 0),
      socket('end', 1_000),
      attempt(1_010),
      failed(1_011),
      attempt(1_062),
      failed(1_063),
      attempt(1_164),
    ]
    expect(outcome(name, ...events)).toBe('passed')
  })

  it('is violated by an attempt that comes too early, and not by one that comes late', () => {
    const events = [socket('open', 0), socket('end', 1_000), attempt(1_010), failed(1_011)]
    expect(judge(name, ...events, attempt(1_021)).why).toMatch(/^hasty: alice connected again after 10 ms/)
    expect(outcome(name, ...events, attempt(3_000))).toBe('passed')
  })

  it('begins anew after a connection that was open, and for another page', () => {
    const opened = [attempt(1_000), failed(1_001), attempt(1_052), socket('open', 1_060), socket('end', 2_000)]
    expect(outcome(name, ...opened, attempt(2_010))).toBe('passed')
    expect(outcome(name, socket('end', 1_000), socket('attempt', 1_001, { document: 2 }))).toBe('passed')
    expect(outcome(name, socket('end', 1_000, { closedBy: 'client' }), attempt(1_001))).toBe('passed')
  })

  it('is violated by a storm of connections that open and end again', () => {
    const storm = Array.from({ length: 30 }, (_, n) => [
      attempt(n * 100),
      socket('open', n * 100 + 10),
      socket('end', n * 100 + 20),
    ]).flat()
    expect(judge(name, ...storm).why).toMatch(/^storm: alice connected 25 times/)
  })

  it('is violated by a join that is repeated too early on one connection', () => {
    const joining = (atMs: number, more = {}) => socket('join', atMs, { topic: 'ping', ...more })
    expect(judge(name, joining(1_000), joining(1_100)).why).toMatch(/^hasty: alice joined ping again after 100 ms/)
    expect(outcome(name, joining(1_000), joining(2_000))).toBe('passed')
    expect(outcome(name, joining(1_000), joining(1_100, { socket: 2 }))).toBe('passed')
    expect(outcome(name, joining(1_000), socket('leave', 1_050, { topic: 'ping' }), joining(1_100))).toBe('passed')
    expect(outcome(name, stall(900, 800), joining(1_000), joining(1_100))).toBe('unknown')
  })

  it('is violated by a client that never tries again, if nothing keeps it away', () => {
    const lost = socket('end', 1_000, { code: 1000 })
    expect(judge(name, lost, joinedAtEnd(12_000, false)).why).toMatch(/^gave up: alice did not connect again .* 1000$/)
    expect(outcome(name, lost, joinedAtEnd(12_000, true))).toBe('passed')
    expect(outcome(name, lost, joinedAtEnd(4_000, false))).toBe('passed')
    expect(outcome(name, lost, stall(11_000, 9_500), joinedAtEnd(12_000, false))).toBe('unknown')
    expect(outcome(name, fault(900, { ...onN1, witnessedOffMs: null }), lost, joinedAtEnd(12_000, false))).toBe(
      'passed',
    )
  })
})

describe('no-unexplained-errors', () => {
  const name = 'no-unexplained-errors'
  const line = { atMs: 4_000, text: 'web: a request failed: boom' }

  it('is violated by an error in a log while nothing is broken', () => {
    expect(judge(name, errors(line)).why).toBe(
      'logged: n1 logged an error at 4.0 s, and nothing was broken: web: a request failed: boom',
    )
    expect(outcome(name, fault(3_000), errors(line))).toBe('passed')
    expect(outcome(name, provocation(3_000, 'bob'), errors(line))).toBe('passed')
    expect(outcome(name, socket('end', 4_100, { isHostile: true }), errors(line))).toBe('passed')
    expect(outcome(name, read(mannersOf.refusal, 4_100, 403), errors(line))).toBe('passed')
    expect(outcome(name, errors())).toBe('passed')
  })

  it('is unknown when a node waited for its database in vain, and for what failed then', () => {
    const slow = { atMs: 4_000, text: 'repo: the database is not reachable, trying again: Query read timeout' }
    const refused = { ...slow, text: 'repo: the database is not reachable, trying again: connect ECONNREFUSED' }
    const failed = operation(1, 3_000, 6_000, 'failed', 'status 503')
    expect(outcome(name, errors(slow))).toBe('unknown')
    expect(outcome(name, errors(slow), ...failed)).toBe('unknown')
    expect(outcome(name, errors(slow, line))).toBe('violated')
    expect(outcome(name, errors(refused), ...failed)).toBe('violated')
    expect(outcome(name, errors({ ...slow, atMs: 20_000 }), ...failed)).toBe('violated')
  })

  it('is violated by a warning of the runtime, whatever is broken', () => {
    const warnings = (...texts: string[]) => final(mannersOf.warnings, texts, 'n2', 'n2')
    expect(outcome(name, errors(), warnings())).toBe('passed')
    expect(judge(name, fault(3_000), errors(), warnings('MaxListenersExceededWarning: 11 listeners')).why).toBe(
      'warned: the runtime of n2 warned of a mistake: MaxListenersExceededWarning: 11 listeners',
    )
  })

  it.each<['failed' | 'unsure', string, string]>([
    ['failed', 'status 409', 'passed'],
    ['failed', 'out_of_stock', 'passed'],
    ['failed', 'status 503', 'violated'],
    ['failed', 'unavailable', 'violated'],
    ['unsure', 'no answer', 'violated'],
  ])('judges an operation that %s with "%s": %s', (type, error, expected) => {
    const [begun, end] = operation(1, 3_000, 4_000, type, error) as [TestEvent, TestEvent]
    expect(outcome(name, begun, end)).toBe(expected)
    expect(outcome(name, fault(2_000), begun, end)).toBe('passed')
    if (expected === 'violated') expect(outcome(name, begun, stall(3_500, 900), end)).toBe('unknown')
  })
})

describe('callers-fail-at-once', () => {
  const name = 'callers-fail-at-once'
  const kill = fault(1_500, { kind: 'actor.kill', target: 'n1/Inventory', witnessedOffMs: 2_000 })

  it('is violated by an operation that waited on after what it needed was killed', () => {
    expect(judge(name, ...operation(1, 1_000, 6_600, 'ok'), kill).why).toMatch(
      /^waited: purchase of bob ended ok only after 5600 ms/,
    )
    expect(outcome(name, ...operation(1, 1_000, 2_000, 'unsure'), kill)).toBe('passed')
    expect(outcome(name, ...operation(1, 1_000, 6_600, 'ok'), kill, stall(6_000, 700))).toBe('unknown')
  })

  it('judges nothing that queued behind others in a rush', () => {
    const rush = operation(1, 1_000, 6_600, 'ok').map((event) => ({ ...event, value: { waitsForOthers: true } }))
    expect(outcome(name, ...rush, kill)).toBe('passed')
  })

  it('judges nothing that was pushed while its own connection was gone: it waits for the next one', () => {
    const begun = { type: 'invoke', who: 'alice', operation: 'remove_item', op: 1, tMs: 1_600 } as const
    const end = { ...begun, type: 'unsure', tMs: 9_600 } as const
    const [opened, gone] = [socket('open', 100), socket('end', 1_550)]
    expect(outcome(name, opened, begun, end, kill)).toBe('violated')
    expect(outcome(name, opened, socket('join', 200), begun, end, kill)).toBe('violated')
    expect(outcome(name, opened, gone, begun, end, kill)).toBe('passed')
    expect(outcome(name, opened, gone, socket('attempt', 1_580, { socket: 2 }), begun, end, kill)).toBe('passed')
    expect(outcome(name, opened, gone, socket('open', 1_580, { socket: 2 }), begun, end, kill)).toBe('violated')
  })

  it('judges nothing that met a fault which makes things slow, or none', () => {
    const slow = fault(1_200, { id: 2, kind: 'db.pause', target: 'db' })
    expect(outcome(name, ...operation(1, 1_000, 6_600, 'ok'), kill, slow)).toBe('passed')
    expect(outcome(name, ...operation(1, 1_000, 6_600, 'ok'))).toBe('passed')
  })
})

describe('nodes-stop-in-order', () => {
  const name = 'nodes-stop-in-order'
  const stop = fault(3_000, { kind: 'node.stop', ...onN1, witnessedOnMs: 4_000 })

  it.each<[string, Partial<NodeEnd>, Verdict['outcome']]>([
    ['0 in time', {}, 'passed'],
    ['another code', { code: 1 }, 'violated'],
    ['0 too late', { tookMs: 9_000 }, 'violated'],
    ['nothing at all', { code: null, tookMs: 10_000, hasEnded: false }, 'violated'],
    ['a kill', { signal: 'SIGKILL', code: null }, 'passed'],
  ])('judges an end with %s', (_what, end, expected) => expect(outcome(name, stop, ends(end))).toBe(expected))

  it('is unknown when a machine that stood still was late', () => {
    expect(outcome(name, stop, stall(4_000, 700), ends({ tookMs: 9_000 }))).toBe('unknown')
    expect(outcome(name, stop, stall(4_000, 700), ends({ code: 1 }))).toBe('violated')
  })

  it('is violated by a connection that is closed with another code than a node states', () => {
    expect(judge(name, stop, socket('end', 3_500), ends()).why).toMatch(
      /^rude: n1 closed the connection of alice with 1006/,
    )
    expect(outcome(name, stop, socket('end', 3_500, { code: 1012 }), ends())).toBe('passed')
    expect(outcome(name, stop, socket('end', 3_500, { closedBy: 'client' }), ends())).toBe('passed')
    const poll = { path: '/socket/longpoll' }
    expect(outcome(name, stop, socket('end', 3_500, { ...poll, code: 410 }), ends())).toBe('passed')
    expect(outcome(name, stop, socket('end', 3_500, { ...poll, waitedMs: 9 }), ends())).toBe('passed')
    expect(outcome(name, stop, socket('end', 3_500, { ...poll, waitedMs: 3_000 }), ends())).toBe('violated')
    expect(outcome(name, stop, socket('end', 3_500, { code: 503, path: '/socket/longpoll' }), ends())).toBe('passed')
    expect(outcome(name, stop, socket('end', 3_500, { path: '/socket/longpoll' }), ends())).toBe('violated')
  })
})

describe('peers-agree-again', () => {
  const name = 'peers-agree-again'
  const both = [sees('n1', 100, { n2: true }), sees('n2', 100, { n1: true })]
  const cut = (times = {}) =>
    fault(1_000, {
      kind: 'link.cut',
      target: 'n1->n2',
      parts: ['n1->n2'],
      healRequestedMs: 9_000,
      witnessedOffMs: 10_000,
      ...times,
    })

  it('passes when a cut was noticed and healed', () => {
    const noticed = [sees('n1', 3_000, { n2: false }), sees('n1', 12_000, { n2: true })]
    expect(outcome(name, ...both, cut(), ...noticed, theEnd(40_000))).toBe('passed')
  })

  it('is violated when one direction never comes back, and unknown when the machine stood still', () => {
    const events = [...both, cut(), sees('n1', 3_000, { n2: false }), theEnd(40_000)]
    expect(judge(name, ...events).why).toMatch(/^blind: n1 did not see n2 /)
    expect(outcome(name, ...events, stall(11_000, 900))).toBe('unknown')
    expect(outcome(name, ...events.slice(0, -1), theEnd(12_000))).toBe('passed')
  })

  it('is violated when a node never notices that another is out of reach', () => {
    expect(judge(name, ...both, cut(), theEnd(40_000)).why).toMatch(/^unnoticed: n1 saw n2 all through link.cut n1->n2/)
    expect(outcome(name, ...both, cut({ healRequestedMs: 2_000, witnessedOffMs: 2_500 }), theEnd(40_000))).toBe(
      'passed',
    )
    const tooLate = [sees('n1', 9_500, { n2: false }), sees('n1', 12_000, { n2: true })]
    expect(outcome(name, ...both, cut(), ...tooLate, theEnd(40_000))).toBe('violated')
    const killed = fault(1_000, { kind: 'node.kill', target: 'n2', healRequestedMs: 9_000, witnessedOffMs: 10_000 })
    expect(judge(name, ...both, killed, theEnd(40_000)).why).toMatch(/^unnoticed: n1 saw n2 all through node.kill n2/)
  })
})
