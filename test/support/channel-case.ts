import { type Attempts, uncounted } from '../../system/channels/attempts.ts'
import { connected, type SocketDefinition } from '../../system/channels/index.ts'
import type { Message } from '../../system/channels/message.ts'
import { v2 } from '../../system/channels/serializers/v2.ts'
import { Session } from '../../system/channels/session.ts'
import { type Clock, systemClock } from '../../system/platform/clock.ts'
import type { Log } from '../../system/platform/log.ts'
import { silentLog } from '../../system/platform/log.ts'
import { createPubSub, type PubSub } from '../../system/pubsub/index.ts'
import { createRuntime } from '../../system/runtime/index.ts'

type Wire = [joinRef: string | null, ref: string | null, topic: string, event: string, payload: unknown]

interface CaseOptions {
  params?: Record<string, string>
  clock?: Clock
  log?: Log
  /** Default: one of its own. */
  pubsub?: PubSub
  attempts?: Attempts
  hibernateAfterMs?: number
}

/** A log that keeps its lines, for tests of what operators rely on (CH-137). */
export function keptLog() {
  const lines: string[] = []
  const entries: Readonly<Record<string, unknown>>[] = []
  const keep = (fields: object | string, text?: string) => {
    lines.push(text ?? String(fields))
    if (typeof fields === 'object') entries.push({ ...fields })
  }
  return { lines, entries, log: { ...silentLog, debug: keep, info: keep, warn: keep, error: keep } as Log }
}

/** What connecting to a socket answers, without a network. */
export const connectTo = async ({ connect }: SocketDefinition, params: Record<string, string> = {}) =>
  (await connect?.(params, {
    peerAddress: undefined,
    userAgent: undefined,
    xHeaders: {},
    cookie: undefined,
    session: async () => undefined,
    authToken: undefined,
  })) ?? connected()

/** A connected client without a network: joins, pushes, and everything that it was sent, in order (CH-135). */
export async function openCase(definition: SocketDefinition, options: CaseOptions = {}) {
  const { params = {}, clock = systemClock, log = silentLog, attempts = uncounted } = options
  const result = await connectTo(definition, params)
  if (result.kind === 'refused') throw new Error(`the connection was refused: ${result.reason}`)
  const runtime = createRuntime({ clock, log })
  const { pubsub = createPubSub({ nodeName: 'test@node', log }) } = options
  const sent: Wire[] = []
  const take = (frame: string | Buffer) => void sent.push(JSON.parse(String(frame)))
  let closedWith: number | undefined
  let isPaused = false
  const session = new Session(
    {
      id: '1',
      definition,
      serializer: v2,
      assigns: result.assigns,
      socketId: result.id,
      environment: {
        runtime,
        pubsub,
        log,
        beforeHandle: () => undefined,
        counters: { pushes: 0, handled: {} },
        attempts,
        hibernateAfterMs: options.hibernateAfterMs,
      },
      onClosed: () => {},
    },
    {
      send: take,
      deliver: (broadcast) => take(broadcast.encoded(v2)),
      end: (code) => {
        closedWith = code
      },
      drop: () => {},
      pause: () => {
        isPaused = true
      },
      resume: () => {
        isPaused = false
      },
    },
  )
  let lastRef = 0

  function send(topic: string, event: string, payload: unknown): string {
    lastRef += 1
    const ref = String(lastRef)
    const message: Message = { joinRef: null, ref, topic, event, payload }
    session.receive(v2.encode(message))
    return ref
  }
  const replyTo = (ref: string) =>
    until(() => sent.find(([, replied, , event]) => replied === ref && event === 'phx_reply')?.[4])

  return {
    sent,
    session,
    pubsub,
    runtime,
    closedWith: () => closedWith,
    /** Whether the node has stopped reading from the client. */
    isPaused: () => isPaused,
    join: (topic: string, payload: unknown = {}) => replyTo(send(topic, 'phx_join', payload)),
    /** Pushes and returns the ref, for replies that come later or never. */
    push: (topic: string, event: string, payload: unknown = {}) => send(topic, event, payload),
    ask: (topic: string, event: string, payload: unknown = {}) => replyTo(send(topic, event, payload)),
    replyTo,
    /** Payloads of this event that reached the client so far. */
    received: (event: string) => sent.filter(([, , , name]) => name === event).map(([, , , , payload]) => payload),
  }
}

const answerWithinMs = 5_000

/** By the real time, whatever a test's clock says: signing and verifying are done by other threads. */
async function until<T>(ask: () => T | undefined): Promise<T> {
  for (const startedMs = performance.now(); performance.now() - startedMs < answerWithinMs; ) {
    const answer = ask()
    if (answer !== undefined) return answer
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('what was expected did not come')
}

/** What was set off runs to its end before time goes on. */
async function settled() {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** A clock that stands still until it is moved: waiting tests take no time and cannot be late (CH-139). */
export interface FakeClock extends Clock {
  advance(byMs: number): Promise<void>
  /** Time passes, and nobody is called: as while a process stands still. */
  stall(byMs: number): void
  /** How many calls are still to come. */
  timerCount(): number
}

export function createFakeClock(): FakeClock {
  let nowMs = 1_700_000_000_000
  const timers = new Set<{ atMs: number; run(): void }>()
  const after = (delayMs: number, run: () => void) => {
    const timer = { atMs: nowMs + delayMs, run }
    timers.add(timer)
    return () => void timers.delete(timer)
  }
  const nextDue = (endMs: number) => [...timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
  return {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    after,
    sleep: (delayMs) => new Promise((resolve) => after(delayMs, resolve)),
    stall(byMs) {
      nowMs += byMs
    },
    timerCount: () => timers.size,
    async advance(byMs) {
      await settled()
      const endMs = nowMs + byMs
      for (let due = nextDue(endMs); due; due = nextDue(endMs)) {
        timers.delete(due)
        nowMs = Math.max(nowMs, due.atMs)
        due.run()
        await settled()
      }
      nowMs = endMs
    },
  }
}
