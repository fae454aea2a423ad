import { openChannels } from '../../clients/channels.ts'
import { sendRequests } from '../../clients/request-load.ts'
import type { ClusterNode } from '../../cluster/node.ts'
import { exactly, inMostRounds } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab, type LabTools } from '../lab.ts'
import { type LoadSummary, summaryOf } from '../load-summary.ts'
import { type Asked, ask } from './ask.ts'

export interface ExportRound {
  /** The request for an export. */
  asked: Asked<{ topic: string }>
  /** The steps that somebody who listens was told of, and the last event. */
  told: readonly string[]
  end: string
  /** From the request to the last event. */
  tookMs: number
  /** Other requests without an export, and while it ran. */
  alone: LoadSummary
  beside: LoadSummary
}

export interface ExportRuns {
  rounds: readonly ExportRound[]
  /** The same within its request. */
  now: Asked
}

const roundCount = 5
const stepMs = 300
const rowCount = 20_000
const steps = ['fetch', 'flag', 'convert', 'write', 'publish']
const requestLimitMs = 1_000
const overWithinMs = 30_000
/** A percentile of a few hundred requests on a shared machine is not steadier. */
const noiseMs = 10

export const exportLab = defineLab<ExportRuns>({
  name: 'talk/export',
  title: 'an export as an actor that tells how far it is, and within its request; and other requests meanwhile',
  scaled: `${rowCount} rows, and each step takes ${stepMs} ms more, instead of minutes; a request may take ${requestLimitMs} ms instead of 30 s.`,
  predictions: [
    {
      says: 'the request for it is answered with 202 before the first step is over',
      judge: ({ rounds }) =>
        inMostRounds(
          rounds.map(({ asked }) => asked.status === 202 && asked.tookMs < stepMs),
          rounds.map(({ asked }) => duration(asked.tookMs)).join(', '),
        ),
    },
    {
      says: 'who listens is told each step in order, and then the end',
      judge: ({ rounds }) =>
        exactly(
          rounds.every(
            ({ told, end }) => told.length > 0 && told.join() === steps.slice(-told.length).join() && end === 'done',
          ),
          rounds.map(({ told, end }) => `${told.length} steps, ${end}`).join('; '),
        ),
    },
    {
      says: 'and sees progress before the end',
      judge: ({ rounds }) =>
        inMostRounds(
          rounds.map(({ told }) => told.length >= steps.length - 1),
          rounds.map(({ told }) => told.length).join(', '),
        ),
    },
    {
      says: 'within the request it is given up',
      judge: ({ now }) => exactly(now.status === 504, `status ${now.status} after ${duration(now.tookMs)}`),
    },
    {
      says: `the slowest 1 % of other requests are not slower by more than ${noiseMs} ms meanwhile`,
      judge: ({ rounds }) =>
        inMostRounds(
          rounds.map(({ alone, beside }) => beside.percentilesMs.p99 <= alone.percentilesMs.p99 + noiseMs),
          rounds.map((one) => `${p99(one.alone)} alone, ${p99(one.beside)} beside it`).join('; '),
        ),
    },
  ],
  async run(tools) {
    const node = await tools.node({
      APPS: 'talk',
      TALK_EXPORT_STEP_MS: String(stepMs),
      TALK_EXPORT_ROWS: String(rowCount),
      TALK_REQUEST_LIMIT_MS: String(requestLimitMs),
    })
    const rounds: ExportRound[] = []
    for (let round = 1; round <= roundCount; round += 1) {
      tools.goOn()
      tools.say(`round ${round} of ${roundCount}`)
      rounds.push(await runRound(node, tools))
    }
    const now = await ask(tools, `${node.directUrl}/talk/exports/now`, {})
    await node.kill()
    return { rounds, now }
  },
  figures: ({ rounds }) => [
    { what: 'from the request to the end', value: rounds.map(({ tookMs }) => duration(tookMs)).join(', ') },
    { what: 'other requests per second, alone', value: perSecond(rounds, 'alone') },
    { what: 'other requests per second, beside an export', value: perSecond(rounds, 'beside') },
  ],
  charts: ({ rounds }) => [
    {
      title: 'The slowest 1 % of other requests',
      x: 'round',
      y: 'ms',
      marks: 'dots',
      series: (['alone', 'beside'] as const).map((name) => ({
        name,
        points: rounds.map((round, index) => [index + 1, round[name].percentilesMs.p99] as const),
      })),
    },
  ],
})

const p99 = ({ percentilesMs }: LoadSummary) => `${percentilesMs.p99.toFixed(1)} ms`
const perSecond = (rounds: readonly ExportRound[], of: 'alone' | 'beside') =>
  rounds.map((round) => Math.round(round[of].perSecond)).join(', ')

async function runRound({ directUrl, port }: ClusterNode, tools: LabTools): Promise<ExportRound> {
  const load = { url: `${directUrl}/talk/seats`, count: 2_000, concurrency: 2, goOn: tools.goOn }
  const alone = summaryOf(await sendRequests(load))
  const client = await openChannels(port, '/talk_socket')
  const told: string[] = []
  let end: string | undefined
  client.onFrame(([, , , event, payload]) => {
    if (event === 'progress') told.push((payload as { step: string }).step)
    if (event === 'done' || event === 'failed') end = event
  })
  try {
    const startedMs = tools.clock.monotonicMs()
    const asked = await ask<{ topic: string }>(tools, `${directUrl}/talk/exports`, { format: 'csv' })
    await client.join(asked.body.topic)
    const beside = summaryOf(await sendRequests(load))
    await tools.until(() => end !== undefined, { what: 'the export is over', withinMs: overWithinMs })
    return { asked, told, end: end!, tookMs: tools.clock.monotonicMs() - startedMs, alone, beside }
  } finally {
    client.close()
  }
}
