import { performance } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { sharedMonotonicMs, systemClock } from '../platform/clock.ts'
import { type Connections, openConnections } from './connections.ts'
import { maskedFrame } from './frames.ts'
import { encodedLatencies } from './latencies.ts'
import { isError, wordingOf } from './messages.ts'
import { poissonSchedule, type Schedule } from './schedule.ts'
import { createTally, type Tally } from './tally.ts'
import type { StageOptions, WorkerOptions, WorkerReport, WorkerRequest, WorkerStage } from './worker-messages.ts'

/** One thread of the generator: holds its share of the connections, and sends on a schedule that does not wait for answers. */
const options = workerData as WorkerOptions
const wording = wordingOf[options.version]
const port = parentPort!
const report = (message: WorkerReport) => port.postMessage(message)

const heartbeatEveryMs = 20_000
const sampleEveryMs = 100
const lookEveryMs = 10
/** A generator this far behind its schedule sends no more: the stage is void anyway. */
const behindMostMs = 1_000

function keepAlive(connections: Connections) {
  const frame = maskedFrame(wording.heartbeat())
  for (const number of connections.numbers) connections.write(number, frame)
  systemClock.after(heartbeatEveryMs, () => keepAlive(connections))
}

interface Stage {
  stage: StageOptions
  schedule: Schedule
  tally: Tally
  startAtMs: number
  firstRef: number
}

function prepare(
  { stage, startAtMs, firstRef }: Extract<WorkerRequest, { kind: 'stage' }>,
  numbers: readonly number[],
): Stage {
  const isBroadcast = stage.mode === 'broadcast'
  const schedule = poissonSchedule({ ...stage, senders: isBroadcast ? 1 : options.connections })
  const tally = createTally({
    schedule,
    durationMs: stage.durationMs,
    slotMs: stage.slotMs,
    sends: (index) => schedule.connection[index]! % options.step === options.first,
    answersEach: isBroadcast ? numbers.length : 1,
    answersToAll: isBroadcast,
    connections: options.connections,
  })
  return { stage, schedule, tally, startAtMs, firstRef }
}

/** Resolves when everything that is due was sent, or when it is hopeless. */
function send(connections: Connections, { stage, schedule, tally, startAtMs, firstRef }: Stage): Promise<void> {
  const { atMs, connection } = schedule
  const payloads = stage.payloads.map((one) => JSON.stringify(one))
  const isBroadcast = stage.mode === 'broadcast'
  let next = 0
  return new Promise((resolve) => {
    const sendDue = () => {
      for (;;) {
        const nowMs = sharedMonotonicMs() - startAtMs
        if (next >= atMs.length || nowMs > stage.durationMs + behindMostMs) return resolve()
        const dueInMs = atMs[next]! - nowMs
        if (dueInMs > 0) return void systemClock.after(Math.floor(dueInMs), sendDue)
        const sender = connection[next]!
        if (sender % options.step === options.first) {
          const payload = isBroadcast ? `{"i":${firstRef + next}}` : payloads[next % payloads.length]!
          const text = wording.push(firstRef + next, connections.topicOf(sender), stage.event, payload)
          connections.write(sender, maskedFrame(text))
          tally.sent(next, sharedMonotonicMs() - startAtMs)
        }
        next += 1
      }
    }
    sendDue()
  })
}

function listen(connections: Connections, { stage, tally, startAtMs, firstRef }: Stage) {
  const indexOf =
    stage.mode === 'broadcast' ? wording.broadcastIndex(connections.topicOf(0), stage.event) : wording.replyRef
  connections.onMessage((connection, data, from, to) => {
    const number = indexOf(data, from, to)
    if (number < firstRef) return
    const nowMs = sharedMonotonicMs() - startAtMs
    tally.arrived(connection, number - firstRef, nowMs, stage.mode === 'reply' && isError(data, from, to))
  })
}

async function drained({ stage, tally, startAtMs }: Stage): Promise<number | undefined> {
  const nowMs = () => sharedMonotonicMs() - startAtMs - stage.durationMs
  while (!tally.isComplete() && nowMs() < stage.drainMs) await systemClock.sleep(lookEveryMs)
  return tally.isComplete() ? Math.max(0, nowMs()) : undefined
}

async function runStage(
  connections: Connections,
  request: Extract<WorkerRequest, { kind: 'stage' }>,
): Promise<WorkerStage> {
  const running = prepare(request, connections.numbers)
  const { tally } = running
  const backlog: number[] = []
  let isSampling = true
  const sample = () => {
    if (!isSampling) return
    backlog.push(tally.waiting())
    systemClock.after(sampleEveryMs, sample)
  }
  listen(connections, running)
  await systemClock.sleep(Math.max(0, request.startAtMs - sharedMonotonicMs()))
  sample()
  const before = performance.eventLoopUtilization()
  await send(connections, running)
  const busy = performance.eventLoopUtilization(before).utilization
  isSampling = false
  const drainedMs = await drained(running)
  return {
    counts: tally.counts,
    slots: tally.slots.map(encodedLatencies),
    lag: encodedLatencies(tally.lag),
    backlog,
    ...(drainedMs !== undefined && { drainedMs }),
    busy,
    closed: connections.closedCount(),
  }
}

try {
  const connections = await openConnections(options)
  keepAlive(connections)
  port.on('message', (request: WorkerRequest) => {
    if (request.kind === 'close') {
      connections.close()
      process.exit(0)
    }
    runStage(connections, request).then(
      (result) => report({ kind: 'stage', result }),
      (error: Error) => report({ kind: 'failed', why: error.message }),
    )
  })
  report({ kind: 'connected' })
} catch (error) {
  report({ kind: 'failed', why: (error as Error).message })
}
