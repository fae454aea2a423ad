import type { Cluster } from '../cluster/cluster.ts'
import type { NodeState } from '../cluster/control-client.ts'
import type { StageResult } from '../load/generator.ts'
import { quantileMs } from '../load/latencies.ts'
import { systemClock as clock } from '../platform/clock.ts'
import { seedOf } from '../platform/random.ts'
import { until } from '../platform/until.ts'
import type { ArmSystem } from './arm-system.ts'
import type { Arm } from './comparison.ts'

/** One thing other than latency that can go wrong, measured in both arms. */
export interface Hazard {
  name: string
  /** How it was provoked. */
  how: string
  /** Null where it was not measured. */
  first: HazardFigure | null
  second: HazardFigure | null
}

export interface HazardFigure {
  value: number
  unit: string
  /** What that means, in words. */
  said: string
}

interface WorkState extends NodeState {
  work: { started: number; finished: number; finishedAfterLeave: number; refused: number; pendingMost: number }
}

interface HazardTools {
  arm: Arm
  system: ArmSystem & { cluster: Cluster }
  seed: number
  ratePerS: number
}

/** The handlers whose hazards are known: those of the application for measurements. */
export const hazardEvents: readonly string[] = ['sync', 'async']

type Measured = Record<string, HazardFigure>

/** Names and provocations, in the order of the table. */
export const hazardList: Readonly<Record<string, string>> = {
  'replies out of order': 'pieces of work of 1 and 40 ms in turn, on each channel',
  'double replies': 'all stages of all runs',
  'lost replies': 'all stages of all runs',
  'queue growth': 'one channel gets 1,500 pushes at once',
  'lost back-pressure': 'the same burst: how many pieces of work run at once',
  'work after the client left': '20 clients leave at once, with 5 queries under way each',
  'behaviour under handler.slow': 'every call of the handler takes 100 ms longer',
  'behaviour under a node kill': 'the node is killed under load: requests whose outcome nobody knows',
}

const figure = (value: number, unit: string, said: string): HazardFigure => ({ value, unit, said })
const share = (part: number, of: number) => (of === 0 ? 0 : part / of)

/** Measures them on one system, which does not survive it. */
export async function measureHazards(tools: HazardTools): Promise<Measured> {
  const ordered = await mixedWork(tools)
  const burst = await burstOnOneChannel(tools)
  const left = await leaveAtOnce(tools)
  const slow = await underSlowHandler(tools)
  const killed = await underKill(tools)
  return { ...ordered, ...burst, ...left, ...slow, ...killed }
}

const stage = ({ arm, seed }: HazardTools, purpose: string) => ({
  seed: seedOf(seed, purpose) >>> 0,
  slotMs: 1_000,
  event: arm.event,
  mode: 'reply' as const,
  drainMs: 4_000,
})

async function mixedWork(tools: HazardTools): Promise<Measured> {
  const payloads = [
    { kind: 'wait', ms: 40 },
    { kind: 'wait', ms: 1 },
  ]
  const options = { ...stage(tools, 'mixed work'), ratePerS: 200, durationMs: 1_500, payloads }
  const { overtaken, received } = await tools.system.generator.run(options)
  const part = share(overtaken, received)
  return { 'replies out of order': figure(part, 'share', `${overtaken} of ${received} replies were overtaken`) }
}

/** What the node has done, by its control port. */
const workOf = async (cluster: Cluster) => (await cluster.nodes[0]!.control.state<WorkState>()).work

const burstSize = 1_500
const burstMs = 300
const burstWorkMs = 2

async function burstOnOneChannel(tools: HazardTools): Promise<Measured> {
  const { cluster, connect } = tools.system
  const single = await connect(1)
  const payloads = [{ kind: 'wait', ms: burstWorkMs }]
  const ratePerS = burstSize / (burstMs / 1_000)
  const options = { ...stage(tools, 'burst'), ratePerS, durationMs: burstMs, payloads, drainMs: 8_000 }
  // What went before, such as an overload, had a peak of its own.
  await cluster.nodes[0]!.control.post('/workloads/forget-peak', {})
  const before = await workOf(cluster)
  const { result, longest } = await longestMailboxDuring(cluster, () => single.run(options))
  await single.close()
  const after = await workOf(cluster)
  const { pendingMost } = after
  const refused = after.refused - before.refused
  const atOnce = Math.max(1, pendingMost)
  const refusedText = refused > 0 ? `, and ${refused} were refused` : ''
  const lostText = `longest mailbox ${longest}, ${result.lost} of ${result.expected} lost`
  return {
    'queue growth': figure(longest, 'messages', lostText),
    'lost back-pressure': figure(atOnce, 'at once', `${atOnce} pieces of work of one channel at once${refusedText}`),
  }
}

const lookEveryMs = 50

/** Looks at the mailboxes of the node for as long as some work goes on, however it ends. */
async function longestMailboxDuring<T>(cluster: Cluster, work: () => Promise<T>) {
  let longest = 0
  let isOver = false
  const watch = async () => {
    while (!isOver) {
      const actors = await cluster.nodes[0]!.control.actors().catch(() => [])
      longest = Math.max(longest, ...actors.map(({ mailboxLength }) => mailboxLength))
      await clock.sleep(lookEveryMs)
    }
  }
  const watching = watch()
  const result = await work().finally(() => {
    isOver = true
    return watching
  })
  // Only now, when the last look has come back.
  return { result, longest }
}

const leaving = { clients: 20, pushes: 5, workMs: 100 }

async function leaveAtOnce(tools: HazardTools): Promise<Measured> {
  const { cluster, connect } = tools.system
  const before = await workOf(cluster)
  const clients = await connect(leaving.clients)
  const payloads = [{ kind: 'database', ms: leaving.workMs }]
  const ratePerS = (leaving.clients * leaving.pushes) / 0.05
  // Hardly one is answered that early: the clients leave with nearly all of their work under way.
  const { offered } = await clients.run({ ...stage(tools, 'leaving'), ratePerS, durationMs: 50, drainMs: 1, payloads })
  await clients.close()
  const isIdle = async () => (await cluster.nodes[0]!.control.state<WorkState>()).holds.pending.work === 0
  await until(isIdle, { what: 'the work of clients that left ends', withinMs: 10_000 })
  const done = (await workOf(cluster)).finishedAfterLeave - before.finishedAfterLeave
  const text = `${done} of ${offered} pieces of work were done for nobody`
  return { 'work after the client left': figure(done, 'pieces', text) }
}

const slowMs = 100

async function underSlowHandler(tools: HazardTools): Promise<Measured> {
  const { arm, system, ratePerS } = tools
  const [node] = system.cluster.nodes
  const handler = `WorkChannel.${arm.event}`
  await node!.control.delay(handler, slowMs)
  const options = {
    ...stage(tools, 'slow handler'),
    ratePerS: ratePerS / 2,
    durationMs: 1_500,
    payloads: [{ kind: 'wait', ms: 10 }],
  }
  const result = await system.generator.run(options)
  await node!.control.delay(handler, 0)
  const p50 = quantileMs(result.latencies, result.lost, 0.5)
  const waiting = result.backlog.at(-1) ?? 0
  const text = `median ${format(p50)}, ${waiting} messages waiting at the end, ${result.lost} lost`
  return { 'behaviour under handler.slow': figure(p50, 'ms', text) }
}

const format = (ms: number) => (Number.isFinite(ms) ? `${ms.toFixed(0)} ms` : 'never answered')

async function underKill(tools: HazardTools): Promise<Measured> {
  const { system, ratePerS } = tools
  const options = {
    ...stage(tools, 'kill'),
    ratePerS,
    durationMs: 1_000,
    drainMs: 200,
    payloads: [{ kind: 'wait', ms: 10 }],
  }
  const running = system.generator.run(options)
  await clock.sleep(500)
  await system.cluster.nodes[0]!.kill()
  const result = await running
  const unknown = unansweredAtKill(result)
  return {
    'behaviour under a node kill': figure(unknown, 'requests', `${unknown} requests were under way when the node died`),
  }
}

/** The backlog of the last sample before it only grows is what was under way. Pure. */
export function unansweredAtKill({ backlog }: Pick<StageResult, 'backlog'>): number {
  let last = backlog.length - 1
  while (last > 0 && backlog[last]! > backlog[last - 1]!) last -= 1
  return backlog[Math.max(0, last)] ?? 0
}
