import { availableParallelism } from 'node:os'
import { openChannels } from '../../clients/channels.ts'
import type { ClusterNode } from '../../cluster/node.ts'
import { inspectedNode } from '../../observe/answers.ts'
import { median, percentile } from '../../stats/percentile.ts'
import { exactly, inTime, isBetween } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab, type LabTools } from '../lab.ts'
import { type SchedulerModel, simulateScheduler } from './scheduler-models.ts'

/** What clients of a node saw while something kept its processor busy. */
export interface ServedRun {
  /** Of each request for the sum; the wrong ones are those without it. */
  latenciesMs: readonly number[]
  wrong: number
  heartbeats: { sent: number; answered: number }
  isConnected: boolean
}

export interface SchedulersRun {
  cores: number
  quiet: ServedRun
  /** With as many endless loops as cores, in worker threads. */
  busy: ServedRun
  /** The actors that have worked most meanwhile, as the inspector lists them: their names, and the processor time of their threads. */
  leaders: readonly { name: string; workMs: number }[]
  /** The same computation on the thread that serves: how long it was kept busy, and how long a request took meanwhile. */
  blocked: { forMs: number; latencyMs: number }
  /** Turns per ms of each model, by number of cores. */
  models: Readonly<Record<SchedulerModel, readonly (readonly [cores: number, perMs: number])[]>>
}

const expectedSum = 100_010_000
const requests = 100
const heartbeatEveryMs = 250
const blockMs = 1_500
/** A client that sends nothing for this time is disconnected, and so is one whose heartbeats wait. */
const env = { APPS: 'hello,workloads', WORKLOADS: 'on', SOCKET_IDLE_TIMEOUT_MS: '3000' }
const modelCores = [1, 2, 4, 8, 16]
/** Where the quiet node is slower than this, the machine has no time for it. */
const quietMaxMs = 50

const lastOf = (line: readonly (readonly [number, number])[]) => line.at(-1)![1]
const growthOf = (line: readonly (readonly [number, number])[]) => lastOf(line) / line[0]![1]

const limitsOf = ({ quiet }: SchedulersRun) => {
  const quietMs = median(quiet.latenciesMs)
  return quietMs > quietMaxMs ? [`the quiet node needed ${duration(quietMs)}, so the machine was too busy`] : []
}

export const schedulers = defineLab<SchedulersRun>({
  name: 'runtime/schedulers',
  title: 'endless loops on every core, a small sum and heartbeats meanwhile; and three models of schedulers',
  scaled: `${requests} requests with the loops and without; the operating system shares out the cores instead of schedulers that count reductions.`,
  predictions: [
    {
      says: 'with an endless loop for every core, in worker threads, every request for the sum of n + n is answered, and rightly',
      inText: '100,010,000',
      judge: ({ busy, cores }) =>
        exactly(
          busy.wrong === 0 && busy.latenciesMs.length === requests,
          `${busy.latenciesMs.length - busy.wrong} of ${requests} right, with ${cores} loops`,
        ),
    },
    {
      says: 'within 100 ms',
      inText: 'at once',
      judge: (run) => inTime(limitsOf(run), median(run.busy.latenciesMs) < 100, latencies(run.busy)),
    },
    {
      says: 'every heartbeat is answered, and the connection lives through it',
      judge: ({ busy: { heartbeats, isConnected } }) =>
        exactly(
          isConnected && heartbeats.sent > 0 && heartbeats.answered === heartbeats.sent,
          `${heartbeats.answered} of ${heartbeats.sent} heartbeats answered`,
        ),
    },
    {
      says: 'the loops lead the list of actors by work done, and are nearly equal',
      inText: '60,362,032,000 and 60,323,980,000 reductions',
      judge(run) {
        const loops = run.leaders.slice(0, run.cores)
        if (loops.length < run.cores || !loops.every(isLoop))
          return exactly(false, `leaders: ${loops.map(({ name }) => name).join(', ')}`)
        const share = loops.at(-1)!.workMs / loops[0]!.workMs
        return inTime(
          limitsOf(run),
          share > 0.5,
          `${loops.map(({ workMs }) => duration(workMs)).join(', ')} of processor time`,
        )
      },
    },
    {
      says: 'the same on the thread that serves: a request waits until it is over',
      judge: ({ blocked: { forMs, latencyMs } }) =>
        exactly(latencyMs > forMs * 0.6, `${duration(latencyMs)} with a thread that is busy for ${duration(forMs)}`),
    },
    {
      says: 'model: one scheduler uses one core, however many there are',
      judge: ({ models }) =>
        exactly(isBetween(growthOf(models['one scheduler']), 0.99, 1.01), growth(models, 'one scheduler')),
    },
    {
      says: 'model: many schedulers with one queue wait for its lock, so that more cores stop helping',
      judge({ models }) {
        const line = models['one queue']
        const helps = line[1]![1] > 1.8 * line[0]![1]
        return exactly(
          helps && growthOf(line) < (0.75 * lastOf(models.stealing)) / models.stealing[0]![1],
          growth(models, 'one queue'),
        )
      },
    },
    {
      says: 'model: with a queue for each and stealing, the throughput grows with the cores',
      judge: ({ models }) => exactly(growthOf(models.stealing) > 0.9 * modelCores.at(-1)!, growth(models, 'stealing')),
    },
  ],
  async run(tools) {
    const node = await tools.node(env)
    const cores = availableParallelism()
    tools.say('a quiet node')
    const quiet = await serve(node, tools)
    tools.say(`${cores} endless loops`)
    const inspector = inspectedNode(node.control)
    await inspector.loop(cores)
    const busy = await serve(node, tools)
    const leaders = (await inspector.actors('work', 1, cores + 3)).rows.map(({ name, workMs }) => ({ name, workMs }))
    await inspector.loop(0)
    const blocked = await serveBlocked(node, tools)
    await node.kill()
    return { cores, quiet, busy, leaders, blocked, models: modelLines() }
  },
  figures: ({ quiet, busy, leaders }) => [
    { what: 'the sum, quiet node: median, p99', value: latencies(quiet) },
    { what: 'the sum, loops on every core: median, p99', value: latencies(busy) },
    { what: 'the leaders by work', value: leaders.map(({ name, workMs }) => `${name} ${duration(workMs)}`).join(', ') },
  ],
  charts: ({ models }) => [
    {
      title: 'Throughput of the models',
      x: 'cores',
      y: 'turns per ms',
      marks: 'lines',
      series: Object.entries(models).map(([name, points]) => ({ name, points })),
    },
  ],
})

const isLoop = ({ name }: { name: string }) => name.startsWith('Workloads.Loop.')

const latencies = ({ latenciesMs }: ServedRun) =>
  `${duration(median(latenciesMs))}, ${duration(percentile(latenciesMs, 0.99))}`

const growth = (models: SchedulersRun['models'], name: SchedulerModel) =>
  `${growthOf(models[name]).toFixed(1)} times as much with ${modelCores.at(-1)} cores`

/** Turns of 10 µs, and a lock that is held for 1.5 µs. */
function modelLines(): SchedulersRun['models'] {
  const lineOf = (model: SchedulerModel) =>
    modelCores.map(
      (cores) => [cores, simulateScheduler(model, { cores, turns: 10_000, workUs: 10, lockedUs: 1.5 })] as const,
    )
  return { 'one scheduler': lineOf('one scheduler'), 'one queue': lineOf('one queue'), stealing: lineOf('stealing') }
}

async function askSum({ directUrl }: Pick<ClusterNode, 'directUrl'>): Promise<unknown> {
  const answer = await fetch(`${directUrl}/workloads/sum`, { signal: AbortSignal.timeout(30_000) })
  return ((await answer.json()) as { sum: unknown }).sum
}

async function serve(node: ClusterNode, { clock, goOn, until }: LabTools): Promise<ServedRun> {
  const client = await openChannels(node.port, '/socket')
  const heartbeats = { sent: 0, answered: 0 }
  let stopBeat = () => {}
  const beat = () => {
    heartbeats.sent += 1
    void client.ask('phoenix', 'heartbeat', {}).then(
      () => (heartbeats.answered += 1),
      () => {},
    )
    stopBeat = clock.after(heartbeatEveryMs, beat)
  }
  beat()
  const latenciesMs: number[] = []
  let wrong = 0
  try {
    for (let left = requests; left > 0; left -= 1) {
      goOn()
      const startedMs = clock.monotonicMs()
      if ((await askSum(node)) !== expectedSum) wrong += 1
      latenciesMs.push(clock.monotonicMs() - startedMs)
      // Spread out, so that heartbeats and loops have seconds and not one burst.
      await clock.sleep(20)
    }
    stopBeat()
    await until(() => !client.isOpen() || heartbeats.answered === heartbeats.sent, {
      what: 'every heartbeat is answered',
      withinMs: 10_000,
    }).catch(() => {})
    return { latenciesMs, wrong, heartbeats, isConnected: client.isOpen() }
  } finally {
    stopBeat()
    client.close()
  }
}

async function serveBlocked(node: ClusterNode, { clock }: LabTools): Promise<SchedulersRun['blocked']> {
  const startedMs = clock.monotonicMs()
  await node.control.block(blockMs)
  await askSum(node)
  return { forMs: blockMs, latencyMs: clock.monotonicMs() - startedMs }
}
