import { openGenerator, type StageResult } from '../../load/generator.ts'
import { figureOf } from '../../stats/figures.ts'
import type { Bench } from '../bench.ts'
import { startKind } from '../contest.ts'

const connections = 2_000
/** Messages to everybody, per second: 70,000 deliveries, more than the floor and less than one server can send. */
const shoutsPerS = 35
const durationMs = 3_000
const floorPerS = 60_000

/** How much one core of the load generator can take, latency recorded: what it cannot, it cannot compare. */
export const generator: Bench = {
  summary: 'messages received and timed by one core of the load generator, on 2,000 connections',
  async run({ rounds, say, goOn }) {
    const stages: StageResult[] = []
    for (let round = 0; round < rounds; round += 1) {
      goOn()
      stages.push(await measure(round))
      say(`round ${round + 1} of ${rounds}`)
    }
    const perBusySecond = stages.map(({ received, busy, durationMs: ms }) => received / (busy * (ms / 1_000)))
    const lost = stages.reduce((sum, stage) => sum + stage.lost, 0)
    const perSecond = stages.map(({ received, durationMs: ms, drainedMs = 0 }) => (1_000 * received) / (ms + drainedMs))
    return {
      readings: [
        { what: 'received', unit: 'messages/s', ...figureOf(perSecond) },
        { what: 'busy', unit: 'of a core', ...figureOf(stages.map(({ busy }) => busy)) },
        { what: 'lost', unit: 'messages', ...figureOf([lost]) },
      ],
      demands: [
        {
          ...{ what: 'received by a whole core', unit: 'messages/s', goal: 1.5 * floorPerS, gate: floorPerS },
          ...figureOf(perBusySecond),
        },
      ],
    }
  },
}

async function measure(seed: number): Promise<StageResult> {
  const server = await startKind('squall')
  const load = await openGenerator({
    ...{ addresses: [{ host: '127.0.0.1', port: server.port }], socketPath: '/bench', version: '2.0.0' },
    ...{ connections, topic: 'room:1', threads: 1 },
  }).catch(async (error: Error) => {
    await server.stop()
    throw error
  })
  const stage = { ratePerS: shoutsPerS, durationMs, slotMs: 1_000, event: 'shout', payloads: [], drainMs: 10_000 }
  try {
    // The engine compiles hot code meanwhile.
    await load.run({ ...stage, seed, mode: 'broadcast', durationMs: 1_000 })
    return await load.run({ ...stage, seed, mode: 'broadcast' })
  } finally {
    await load.close()
    await server.stop()
  }
}
