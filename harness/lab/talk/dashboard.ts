import type { ClusterNode } from '../../cluster/node.ts'
import { exactly, inMostRounds } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab, type LabTools } from '../lab.ts'
import { type Asked, ask } from './ask.ts'

interface Page {
  compute?: object
  slow?: object
  also_slow?: object
}

export interface DashboardRound {
  serial: Asked<Page>
  parallel: Asked<Page>
  /** With one part that fails. */
  serialFailed: Asked<Page>
  parallelFailed: Asked<Page>
}

export interface DashboardRuns {
  rounds: readonly DashboardRound[]
  /** Requests that were tracked when all was over, of those that should be. */
  tracked: number
  toTrack: number
}

const roundCount = 4
const partMs = 1_000
/** How long before its time a timer may end. */
const earlyMs = 2

const partsOf = ({ body: { compute, slow, also_slow } }: Asked<Page>) =>
  [compute, slow, also_slow].map((part) => Object.keys(part ?? {}).join()).join()
const listOf = (rounds: readonly DashboardRound[], of: keyof DashboardRound) =>
  rounds.map((round) => duration(round[of].tookMs)).join(', ')

export const dashboard = defineLab<DashboardRuns>({
  name: 'talk/dashboard',
  title: 'a page of three parts that take a second each: one after the other, at once, and with one that fails',
  scaled: `${roundCount} rounds instead of one.`,
  predictions: [
    {
      says: 'one after the other it takes at least three seconds',
      inText: '3 x 1 s',
      judge: ({ rounds }) =>
        exactly(
          rounds.every(({ serial }) => serial.status === 200 && serial.tookMs >= 3 * (partMs - earlyMs)),
          listOf(rounds, 'serial'),
        ),
    },
    {
      says: 'at once it takes about one second, the time of the slowest part',
      inText: '1 s',
      judge: ({ rounds }) =>
        inMostRounds(
          rounds.map(({ parallel }) => parallel.tookMs < 1.5 * partMs),
          listOf(rounds, 'parallel'),
        ),
    },
    {
      says: 'one after the other, a part that fails makes the whole page an error',
      judge: ({ rounds }) =>
        exactly(
          rounds.every(({ serialFailed }) => serialFailed.status === 500),
          `status ${rounds.map(({ serialFailed }) => serialFailed.status).join(', ')}`,
        ),
    },
    {
      says: 'at once, the page has the other two parts and a placeholder',
      judge: ({ rounds }) =>
        exactly(
          rounds.every(
            (one) => one.parallelFailed.status === 200 && partsOf(one.parallelFailed) === 'value,error,value',
          ),
          rounds.map(({ parallelFailed: one }) => `${one.status}: ${partsOf(one)}`).join('; '),
        ),
    },
    {
      says: 'every request is tracked, though at once none waits for it',
      judge: ({ tracked, toTrack }) => exactly(tracked === toTrack, `${tracked} of ${toTrack}`),
    },
  ],
  async run(tools) {
    const node = await tools.node({ APPS: 'talk', TALK_PART_MS: String(partMs) })
    const rounds: DashboardRound[] = []
    for (let round = 1; round <= roundCount; round += 1) {
      tools.goOn()
      tools.say(`round ${round} of ${roundCount}`)
      rounds.push(await runRound(node, tools))
    }
    // A request that fails one after the other never comes to its tracking.
    const toTrack = 3 * roundCount
    await tools
      .until(async () => (await trackedBy(node)) >= toTrack, { what: 'all are tracked', withinMs: 5_000 })
      .catch(tools.goOn)
    const tracked = await trackedBy(node)
    await node.kill()
    return { rounds, tracked, toTrack }
  },
  figures: ({ rounds }) => [
    { what: 'one after the other, with a part that fails', value: listOf(rounds, 'serialFailed') },
    { what: 'at once, with a part that fails', value: listOf(rounds, 'parallelFailed') },
  ],
  charts: ({ rounds }) => [
    {
      title: 'Time of the page',
      x: 'round',
      y: 'ms',
      marks: 'dots',
      series: (['serial', 'parallel'] as const).map((name) => ({
        name,
        points: rounds.map((round, index) => [index + 1, round[name].tookMs] as const),
      })),
    },
  ],
})

async function runRound({ directUrl }: ClusterNode, tools: LabTools): Promise<DashboardRound> {
  const load = (path: string) => ask<Page>(tools, `${directUrl}/talk/${path}`)
  return {
    serial: await load('serial'),
    parallel: await load('parallel'),
    serialFailed: await load('serial?fail=slow'),
    parallelFailed: await load('parallel?fail=slow'),
  }
}

async function trackedBy({ control }: ClusterNode): Promise<number> {
  const { talk } = (await control.state()) as unknown as { talk: { stubs: { tracking: { calls: number } } } }
  return talk.stubs.tracking.calls
}
