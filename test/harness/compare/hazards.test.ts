import { beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import type { ArmSystem } from '../../../harness/compare/arm-system.ts'
import { joinHazards } from '../../../harness/compare/compare.ts'
import { comparisonOf, defaultWork } from '../../../harness/compare/comparisons.ts'
import { hazardList, measureHazards, unansweredAtKill } from '../../../harness/compare/hazards.ts'
import type { Run } from '../../../harness/compare/run-once.ts'
import { type Generator, mergeStages, type StageResult } from '../../../harness/load/generator.ts'
import { encodedLatencies } from '../../../harness/load/latencies.ts'
import { poissonSchedule } from '../../../harness/load/schedule.ts'
import { createTally } from '../../../harness/load/tally.ts'
import type { StageOptions } from '../../../harness/load/worker-messages.ts'

/** What an arm does wrong; the one without is served one after the other, in order, and stops when nobody waits any more. */
interface Mistakes {
  /** Serves all pushes of a channel at once, so that a short one overtakes a long one. */
  atOnce?: boolean
  doubles?: boolean
  loses?: boolean
  /** Works on for clients that have left. */
  worksOn?: boolean
  /** As its node says it after the burst, and before it. */
  pendingMost?: number
  pendingBefore?: number
  refused?: number
  mailbox?: number
}

/** Of every tenth message. */
const isStray = (index: number) => index % 10 === 9
const killedAtMs = 500

/** An arm in a time of its own: what it answers is worked out, and counted as the real generator counts it. */
function fakeArm(mistakes: Mistakes = {}) {
  const node = { extraMs: 0, isBursting: false, leftWork: 0, pendingMost: mistakes.pendingBefore ?? 0, refused: 0 }

  const looked = Promise.withResolvers<void>()

  function answered(stage: StageOptions, connections: number): StageResult {
    const { ratePerS, durationMs, slotMs, payloads, drainMs, seed } = stage
    const schedule = poissonSchedule({ seed, ratePerS, durationMs, senders: connections })
    const tally = createTally({
      ...{ schedule, durationMs, slotMs, connections },
      ...{ sends: () => true, answersEach: 1, answersToAll: false },
    })
    const isKilled = drainMs === 200
    const freeAtMs = new Map<number, number>()
    const answers = [...schedule.atMs].map((atMs, index) => {
      const connection = schedule.connection[index]!
      const takesMs = (payloads[index % payloads.length] as { ms: number }).ms + node.extraMs
      const beginsMs = mistakes.atOnce ? atMs : Math.max(atMs, freeAtMs.get(connection) ?? 0)
      freeAtMs.set(connection, beginsMs + takesMs)
      tally.sent(index, atMs)
      return { index, connection, atMs: beginsMs + takesMs }
    })
    const lastMs = isKilled ? killedAtMs : durationMs + drainMs
    const came = answers.filter(({ index, atMs }) => atMs <= lastMs && !(mistakes.loses && isStray(index)))
    for (const { index, connection, atMs } of came.toSorted((a, b) => a.atMs - b.atMs)) {
      tally.arrived(connection, index, atMs, false)
      if (mistakes.doubles && isStray(index)) tally.arrived(connection, index, atMs, false)
    }
    const waitingAt = (ms: number) =>
      schedule.atMs.filter((atMs) => atMs <= ms).length - came.filter(({ atMs }) => atMs <= ms).length
    const samples = Math.ceil((durationMs + drainMs) / 100)
    return mergeStages(stage, [
      {
        counts: tally.counts,
        slots: tally.slots.map(encodedLatencies),
        lag: encodedLatencies(tally.lag),
        backlog: Array.from({ length: samples }, (_, at) => waitingAt(100 * (at + 1))),
        ...{ busy: 0.1, closed: 0 },
      },
    ])
  }

  function generator(connections: number): Generator {
    let stage: StageOptions | undefined
    return {
      async run(given) {
        stage = given
        node.isBursting = connections === 1
        // It lasts until somebody has looked at the mailboxes.
        if (node.isBursting) await looked.promise
        if (node.isBursting) node.pendingMost = Math.max(node.pendingMost, mistakes.pendingMost ?? 0)
        if (node.isBursting) node.refused += mistakes.refused ?? 0
        node.isBursting = false
        return answered(given, connections)
      },
      async close() {
        if (stage?.drainMs === 1) node.leftWork += mistakes.worksOn ? 90 : 0
      },
    }
  }

  const control = {
    async actors() {
      if (node.isBursting) looked.resolve()
      return [{ mailboxLength: node.isBursting ? (mistakes.mailbox ?? 0) : 0 }]
    },
    state: async () => ({
      holds: { pending: { work: 0 } },
      work: { finishedAfterLeave: node.leftWork, refused: node.refused, pendingMost: node.pendingMost },
    }),
    delay: async (_handler: string, ms: number) => {
      node.extraMs = ms
    },
    post: async (path: string) => {
      if (path === '/workloads/forget-peak') node.pendingMost = 0
    },
  }
  const cluster = { nodes: [{ control, kill: async () => {} }] } as unknown as Cluster
  const system: ArmSystem & { cluster: Cluster } = {
    cluster,
    generator: generator(20),
    connect: async (connections) => generator(connections),
  }
  return system
}

const arm = comparisonOf(['sync-async'], defaultWork).first
type Figures = Awaited<ReturnType<typeof measureHazards>>

/** Each waits until its node is killed, so that all of them are measured at once. */
const known = new Map<Mistakes, Promise<Figures>>()
const measured = (mistakes: Mistakes = none): Promise<Figures> => known.get(mistakes)!
const none: Mistakes = {}
const arms = {
  atOnce: { atOnce: true },
  doubles: { doubles: true },
  loses: { loses: true },
  worksOn: { worksOn: true },
  shortQueue: { mailbox: 3 },
  longQueue: { mailbox: 1_400 },
  hadPeak: { pendingBefore: 900 },
  unbounded: { pendingBefore: 900, pendingMost: 700, refused: 12 },
} as const satisfies Record<string, Mistakes>
beforeAll(async () => {
  for (const mistakes of [none, ...Object.values(arms)])
    known.set(mistakes, measureHazards({ arm, system: fakeArm(mistakes), seed: 5, ratePerS: 400 }))
  await Promise.all(known.values())
})
const figureOf = async (name: string, mistakes?: Mistakes) => (await measured(mistakes))[name]!.value

describe('each hazard, in an arm without it and in one that has it', () => {
  it('replies out of order', async () => {
    expect(await figureOf('replies out of order')).toBe(0)
    expect(await figureOf('replies out of order', arms.atOnce)).toBeGreaterThan(0.05)
  })

  it('queue growth', async () => {
    expect(await figureOf('queue growth', arms.shortQueue)).toBe(3)
    expect(await figureOf('queue growth', arms.longQueue)).toBe(1_400)
  })

  it('lost back-pressure, of the burst and not of what went before it', async () => {
    expect(await figureOf('lost back-pressure', arms.hadPeak)).toBe(1)
    const { 'lost back-pressure': lost } = await measured(arms.unbounded)
    expect(lost).toMatchObject({ value: 700, said: '700 pieces of work of one channel at once, and 12 were refused' })
  })

  it('work after the client left', async () => {
    expect(await figureOf('work after the client left')).toBe(0)
    expect(await figureOf('work after the client left', arms.worksOn)).toBe(90)
  })

  it('behaviour under handler.slow', async () => {
    const [together, inTurn] = [await measured(arms.atOnce), await measured()]
    expect(together['behaviour under handler.slow']!.value).toBeCloseTo(110, 0)
    expect(inTurn['behaviour under handler.slow']!.value).toBeGreaterThan(200)
  })

  it('behaviour under a node kill', async () => {
    const [together, inTurn] = [await measured(arms.atOnce), await measured()]
    for (const one of [together, inTurn]) expect(one['behaviour under a node kill']!.value).toBeGreaterThan(0)
    expect(unansweredAtKill({ backlog: [3, 4, 5, 40, 80, 120] })).toBe(3)
    expect(unansweredAtKill({ backlog: [3, 9, 8, 40, 80, 120] })).toBe(8)
  })
})

describe('the rows of the table', () => {
  const runOf = async (role: Run['role'], mistakes?: Mistakes) => {
    const stage = {
      seed: 3,
      ratePerS: 200,
      durationMs: 1_000,
      slotMs: 500,
      event: 'sync',
      mode: 'reply',
      drainMs: 5_000,
    } as const
    const primary = await fakeArm(mistakes).generator.run({ ...stage, payloads: [{ kind: 'wait', ms: 2 }] })
    return { role, block: 0, primary, sweep: [], gates: [], isSteady: true, warmUpMs: 0, warmUpMedians: [] } as Run
  }
  const rowsOf = async (mistakes: Mistakes) =>
    Object.fromEntries(
      joinHazards(
        [await runOf('first'), await runOf('second', mistakes)],
        await measured(),
        await measured(mistakes),
      ).map((row) => [row.name, [row.first?.value, row.second?.value] as [number, number]]),
    )

  it('are those of the list, each measured in both arms', async () => {
    const rows = await rowsOf(none)
    expect(Object.keys(rows)).toEqual(Object.keys(hazardList))
    expect(Object.values(rows).flat().every(Number.isFinite)).toBe(true)
  })

  it('show double replies and lost ones, in the arm that has them', async () => {
    const doubled = (await rowsOf(arms.doubles))['double replies']!
    const lost = (await rowsOf(arms.loses))['lost replies']!
    for (const [first, second] of [doubled, lost]) {
      expect(first).toBe(0)
      expect(second).toBeGreaterThan(10)
    }
  })
})
