import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { EnvironmentMissing } from '../../platform/errors.ts'
import { figureOf } from '../../stats/figures.ts'
import type { Bench, Demand, Reading } from '../bench.ts'
import { withPorcupine } from '../judging/porcupine.ts'
import { type ContestResult, contestOfPurchases } from '../judging/purchase-contest.ts'
import type { JudgingTimes } from '../judging/work.ts'

const script = fileURLToPath(new URL('../judging/work.ts', import.meta.url))
const messages = 10_000
const seed = 0x5eed
const bytesPerGiB = 2 ** 30

/** The maximum ratio of our checker's time to Porcupine's. */
const timesGate = 3

/** How long the checkers take for histories as long as a release day. */
export const judge: Bench = {
  usesAllProcessors: true,
  summary: 'a million deliveries, and 100,000 events of every checker, are judged; purchases against Porcupine',
  async run({ rounds, say, goOn }) {
    say(`${rounds} histories of ${(messages * 100).toLocaleString('en')} deliveries`)
    const times: JudgingTimes[] = []
    for (let round = 0; round < rounds; round += 1) {
      goOn()
      times.push(await judgeInProcess(seed + round))
    }
    goOn()
    const contest = await contestWithPorcupine(say)
    return {
      readings: [...slowestReadings(times), ...contest.flatMap(contestReadings)],
      demands: [...judgingDemands(times), ...contest.flatMap(contestDemands)],
    }
  },
}

async function judgeInProcess(ownSeed: number): Promise<JudgingTimes> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(messages), String(ownSeed)])
  return JSON.parse(stdout) as JudgingTimes
}

function judgingDemands(times: readonly JudgingTimes[]): Demand[] {
  const figure = (pick: (one: JudgingTimes) => number) => figureOf(times.map(pick))
  const slowestMs = ({ checkersMs }: JudgingTimes) => Math.max(...Object.values(checkersMs))
  return [
    {
      what: '1,000,000 deliveries',
      ...figure(({ deliveriesMs }) => deliveriesMs / 1_000),
      ...{ unit: 's of processor time', goal: 5, gate: 10, atMost: true },
    },
    {
      what: 'memory for them',
      ...figure(({ peakBytes }) => peakBytes / bytesPerGiB),
      ...{ unit: 'GiB', goal: 1, gate: 1.5, atMost: true },
    },
    {
      what: 'ten times the events',
      ...figure(({ deliveriesMs, tenthMs }) => deliveriesMs / tenthMs),
      ...{ unit: 'times the time', goal: 11, gate: 13, atMost: true },
    },
    {
      what: 'slowest other checker',
      ...figure((one) => slowestMs(one) / 1_000),
      ...{ unit: 's of processor time', goal: 1, gate: 2, atMost: true },
    },
  ]
}

/** The three slowest checkers, for 100,000 of the events that each examines. */
function slowestReadings(times: readonly JudgingTimes[]): Reading[] {
  const readings = Object.keys(times[0]!.checkersMs).map((name) => ({
    what: name,
    ...figureOf(times.map(({ checkersMs }) => checkersMs[name]!)),
    unit: 'ms for 100,000 events',
  }))
  return readings.toSorted((one, other) => other.median - one.median).slice(0, 3)
}

async function contestWithPorcupine(say: (sentence: string) => void): Promise<ContestResult[]> {
  try {
    return await withPorcupine(process.env, (porcupine) => contestOfPurchases(porcupine, seed))
  } catch (error) {
    if (!(error instanceof EnvironmentMissing)) throw error
    say(`the comparison with Porcupine is skipped, because ${error.message}`)
    return []
  }
}

const exactly = (value: number) => figureOf([value])

const contestReadings = ({ what, oursMs, porcupineMs, violated, gaveUp }: ContestResult): Reading[] => [
  { what: `${what}: ours`, ...exactly(oursMs), unit: `ms, ${violated} violated` },
  { what: `${what}: Porcupine`, ...exactly(porcupineMs), unit: `ms, gave up ${gaveUp}` },
]

const contestDemands = ({ what, oursMs, porcupineMs, contradicted }: ContestResult): Demand[] => [
  { what: `${what}: ours`, ...exactly(oursMs / porcupineMs), unit: 'times', goal: 1, gate: timesGate, atMost: true },
  { what: `${what}: differ`, ...exactly(contradicted), unit: 'verdicts', goal: 0, gate: 0, atMost: true },
]
