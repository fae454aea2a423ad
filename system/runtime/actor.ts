import type { Clock } from '../platform/clock.ts'
import { Fifo } from '../platform/fifo.ts'
import { ActorExited, type ExitReason, isFailure } from './exit-reason.ts'
import type { Hibernation, Idler } from './hibernation.ts'
import { messageKind } from './message-kind.ts'
import type { Turns } from './turns.ts'
import type { WorkMeter } from './work-meter.ts'

export { ActorExited, type ExitReason } from './exit-reason.ts'

/** An exit signal as an actor sees it that traps them. */
export interface ExitSignal {
  reason: ExitReason
  from: AnyActorRef | undefined
}

/** The callbacks of an actor. Its state lives in the closure that makes the spec, so that a restart begins with new state (RT-1). */
export interface ActorSpec<M> {
  name?: string
  /** The kind of actor, for lists and lookups. */
  role?: string
  init?(self: ActorSelf<M>): void | Promise<void>
  /** Handles one message at a time; its return value is the result of a `call`. */
  handle(message: M, self: ActorSelf<M>): unknown
  /** Clean-up after every end, a kill included. */
  terminate?(reason: ExitReason): void | Promise<void>
  /** Last work before an end from inside, a requested stop or, in an actor that traps exits, the end of its parent; a kill skips it. */
  beforeExit?(reason: ExitReason): void | Promise<void>
  /** Messages wait for the actor's turn: `send` returns before any of them is handled, however idle the actor is. */
  takesTurns?: boolean
  /** It hibernates when no message has come for this time; 0: after every message. Default: never by itself (RT-64). */
  readonly hibernateAfterMs?: number | undefined
  /** Exit signals are handled as messages instead of ending the actor. */
  trapsExits?: boolean
  handleExit?(signal: ExitSignal, self: ActorSelf<M>): unknown
  /** A signal from here asks a trapping actor to end. */
  parent?: AnyActorRef
  /** What an inspector may show of its state: counts and words of its own, nothing that identifies or admits a person (RT-71). */
  inspect?(): unknown
  /** For an actor whose work another thread does: what that thread has used. */
  threadUsage?(): ThreadUsage
}

/** Processor time since its start, memory now, and how much of the last moments its thread was busy, from 0 to 1. */
export interface ThreadUsage {
  workMs: number
  heapBytes: number
  utilization: number
}

/** What an actor does at the moment. */
export interface ActorInspection {
  /** The kind of the message that it handles now. */
  handling: string | undefined
  /** The kinds of those that wait, the next one first. */
  waiting: string[]
  state: unknown
}

export interface ActorSelf<M> {
  readonly ref: ActorRef<M>
  send(message: M): void
  sendAfter(delayMs: number, message: M): () => void
  /** Ends this actor after the message that it is handling now. */
  exit(reason?: ExitReason): void
  /** Handles this message next, before all that wait. */
  sendFirst(message: M): void
  /** As `call` of the other actor, and fails at once where an actor calls itself: it would wait for itself until the time is over. */
  ask<T, N>(other: ActorRef<N>, message: N, timeoutMs?: number): Promise<T>
  /** Takes the answer of the current call over: whatever the handler returns is dropped, and the returned function answers. */
  takeAnswer(): (value: unknown) => void
}

export interface ActorRef<M = never> {
  readonly id: string
  readonly name: string | undefined
  readonly role: string | undefined
  readonly alive: boolean
  readonly mailboxLength: number
  readonly handled: number
  /** Calls of it that nobody has answered yet. */
  readonly callsInFlight: number
  /** It is handling a message, starting or ending. */
  readonly busy: boolean
  /** It has given up what it can make again, and the next message wakes it. */
  readonly hibernated: boolean
  /** Hibernates at once, or after the message that it is handling now, unless another one waits (RT-64). */
  hibernate(): void
  /** What the thread has used that does its work; undefined where it has none. */
  readonly thread: ThreadUsage | undefined
  send(message: M): void
  /** Rejects promptly when the actor dies, and after `timeoutMs` (default 5000, `Infinity` for never) without an answer (RT-8). */
  call<T>(message: M, timeoutMs?: number): Promise<T>
  /** Ends it at once, with the reason `killed` unless another is given; nothing can hold that up. */
  kill(reason?: ExitReason): void
  stop(): Promise<void>
  /** Asks the actor to end after what already waits for it; resolves when it has ended. */
  requestStop(reason?: ExitReason): Promise<void>
  /** Ends an actor that does not trap exits, unless the reason is normal; a trapping one handles it as a message. */
  signal(reason: ExitReason, from?: AnyActorRef): void
  /** Calls once with the reason; at once when the actor is gone already. */
  onExit(listener: (reason: ExitReason) => void): () => void
  /** Looks inside, at no more than this many waiting messages. */
  inspect(waitingMax: number): ActorInspection
}

/** An actor of any kind, as supervisors and lists see it. */
export type AnyActorRef = Omit<ActorRef<never>, 'send' | 'call'>

export class CallTimeout extends Error {
  override name = 'CallTimeout'
}
export class CalledSelf extends Error {
  override name = 'CalledSelf'
}

export const callTimeoutMs = 5_000

interface Envelope<M> {
  message: M
  answer?: { resolve(value: unknown): void; reject(error: unknown): void }
  /** Runs in place of the handler. */
  instead?: () => unknown
}

interface ActorDeps {
  clock: Clock
  turns: Turns
  hibernation: Hibernation
  meter?: WorkMeter
  /** The actor ended itself by a failure. */
  onCrash(ref: AnyActorRef, reason: ExitReason): void
  onEnd(ref: AnyActorRef): void
}

/**
 * Starts an actor: a mailbox whose messages are handled strictly one after the other (CH-5). A message runs at once when the
 * actor is idle and is queued only while an earlier handler's promise is pending. A throw ends this actor and no other.
 */
export function startActor<M>(
  spec: ActorSpec<M>,
  id: string,
  deps: ActorDeps,
): ActorRef<M> & ActorSelf<M> & { started: Promise<void> } {
  const actor = new Actor(spec, id, deps)
  if (!spec.init) return actor
  actor.started = actor.begin(spec.init)
  actor.started.catch((error) => actor.end({ kind: 'crash', error }))
  return actor
}

const nothingToDo = Promise.resolve()
const normal: ExitReason = { kind: 'normal' }

/** How many messages one turn may handle. */
const messagesPerTurn = 1_000

/** A class without closures, with lazily created collections, because a node holds one for each joined topic. */
class Actor<M> implements ActorRef<M>, ActorSelf<M>, Idler {
  readonly id: string
  started: Promise<void> = nothingToDo
  handled = 0
  /** Rounds without a message; negative while it hibernates. */
  idleRounds = 0
  private readonly spec: ActorSpec<M>
  private readonly deps: ActorDeps
  private queue: Fifo<Envelope<M>> | undefined
  private pendingCalls: Set<(error: unknown) => void> | undefined
  private exitListeners: Set<(reason: ExitReason) => void> | undefined
  private timers: Set<() => void> | undefined
  busy = false
  private current: Envelope<M> | undefined
  private awaitsTurn = false
  private hibernatesNext = false
  private leaving = false
  private exitReason: ExitReason | undefined
  private exitAfterMessage: ExitReason | undefined
  private terminated: Promise<void> = nothingToDo

  constructor(spec: ActorSpec<M>, id: string, deps: ActorDeps) {
    this.spec = spec
    this.deps = deps
    this.id = id
    this.watchIdleTime()
  }

  // --- ActorRef and ActorSelf ---

  get ref(): ActorRef<M> {
    return this
  }
  get name() {
    return this.spec.name
  }
  get role() {
    return this.spec.role
  }
  get alive() {
    return this.exitReason === undefined
  }
  get mailboxLength() {
    return this.queue?.length ?? 0
  }

  get hibernated() {
    return this.idleRounds < 0
  }

  get thread() {
    return this.spec.threadUsage?.()
  }

  get callsInFlight() {
    return this.pendingCalls?.size ?? 0
  }

  send(message: M) {
    this.receive({ message })
  }

  sendAfter(delayMs: number, message: M): () => void {
    this.timers ??= new Set()
    const { timers } = this
    const cancel = this.deps.clock.after(delayMs, () => {
      timers.delete(cancel)
      this.send(message)
    })
    timers.add(cancel)
    return () => {
      timers.delete(cancel)
      cancel()
    }
  }

  sendFirst(message: M) {
    this.queue ??= new Fifo()
    this.queue.pushFirst({ message })
    if (!this.busy) this.wake()
  }

  ask<T, N>(other: ActorRef<N>, message: N, timeoutMs?: number): Promise<T> {
    if ((other as unknown) === this) return Promise.reject(new CalledSelf(`${this.called} calls itself`))
    return other.call<T>(message, timeoutMs)
  }

  takeAnswer(): (value: unknown) => void {
    const answer = this.current?.answer
    if (this.current) delete this.current.answer
    return (value) => answer?.resolve(value)
  }

  exit(reason: ExitReason = normal) {
    this.exitAfterMessage = reason
  }

  hibernate() {
    if (this.busy) this.hibernatesNext = true
    else this.giveUpSpares()
  }

  signal(reason: ExitReason, from?: AnyActorRef) {
    if (this.exitReason) return
    if (this.spec.trapsExits) return this.enqueue({ instead: () => this.handleSignal({ reason, from }) } as Envelope<M>)
    if (reason.kind !== 'normal') this.end(reason)
  }

  private handleSignal(signal: ExitSignal) {
    if (signal.from && signal.from === this.spec.parent) return this.exit(signal.reason)
    return this.spec.handleExit?.(signal, this)
  }

  requestStop(reason: ExitReason = normal): Promise<void> {
    if (this.exitReason) return Promise.resolve()
    const ended = new Promise<void>((resolve) => void this.onExit(() => resolve()))
    this.enqueue({ instead: () => this.exit(reason) } as Envelope<M>)
    return ended
  }

  kill(reason: ExitReason = { kind: 'killed' }) {
    this.end(reason)
  }

  async stop() {
    this.end({ kind: 'normal' })
    await this.terminated
  }

  onExit(listener: (reason: ExitReason) => void): () => void {
    if (this.exitReason) {
      listener(this.exitReason)
      return () => {}
    }
    this.exitListeners ??= new Set()
    this.exitListeners.add(listener)
    return () => void this.exitListeners?.delete(listener)
  }

  inspect(waitingMax: number): ActorInspection {
    const { current, queue, spec } = this
    return {
      handling: current && kindOf(current),
      waiting: queue?.first(waitingMax).map(kindOf) ?? [],
      state: spec.inspect?.(),
    }
  }

  // --- calls ---

  call<T>(message: M, timeoutMs = callTimeoutMs): Promise<T> {
    if (this.exitReason) return Promise.reject(new ActorExited(`${this.called} is not running`))
    return new Promise<T>((resolve, reject) => {
      let isSettled = false
      let forget: (() => void) | undefined
      const settling =
        <V>(settle: (value: V) => void) =>
        (value: V) => {
          isSettled = true
          forget?.()
          settle(value)
        }
      const answer = { resolve: settling<unknown>((value) => resolve(value as T)), reject: settling(reject) }
      this.receive({ message, answer })
      if (isSettled) return
      // Most calls are settled at once, and need no timer.
      if (this.exitReason) answer.reject(this.ended(this.exitReason))
      else forget = this.rejectLater(answer.reject, timeoutMs)
    })
  }

  /** Rejects when this actor ends or the timeout expires. Returns a function that cancels that. */
  private rejectLater(reject: (error: unknown) => void, timeoutMs: number): () => void {
    this.pendingCalls ??= new Set()
    const { pendingCalls } = this
    pendingCalls.add(reject)
    const late = () => reject(new CallTimeout(`no answer within ${timeoutMs} ms`))
    const cancel = Number.isFinite(timeoutMs) ? this.deps.clock.after(timeoutMs, late) : () => {}
    return () => {
      cancel()
      pendingCalls.delete(reject)
    }
  }

  private get called() {
    return this.spec.name ?? `actor ${this.id}`
  }

  private ended(reason: ExitReason) {
    return new ActorExited(`${this.called} has ended (${reason.kind})`, reason)
  }

  // --- begin and end ---

  async begin(init: NonNullable<ActorSpec<M>['init']>) {
    this.busy = true
    await init(this)
    this.goOn()
  }

  /** Ends from inside: the actor does its last work, and a failure is reported. */
  private leave(reason: ExitReason) {
    if (this.exitReason || this.leaving) return
    this.leaving = true
    this.busy = true
    let last: void | Promise<void>
    try {
      last = this.spec.beforeExit?.(reason)
    } catch (error) {
      return this.depart({ kind: 'crash', error })
    }
    if (!(last instanceof Promise)) return this.depart(reason)
    last.then(
      () => this.depart(reason),
      (error) => this.depart({ kind: 'crash', error }),
    )
  }

  private depart(reason: ExitReason) {
    if (this.exitReason) return
    if (isFailure(reason) && reason.kind !== 'crash') this.deps.onCrash(this, reason)
    this.end(reason)
  }

  end(reason: ExitReason) {
    if (this.exitReason) return
    this.exitReason = reason
    this.queue = undefined
    for (const cancel of this.timers ?? []) cancel()
    this.timers = undefined
    for (const reject of this.pendingCalls ?? []) reject(this.ended(reason))
    if (reason.kind === 'crash') this.deps.onCrash(this, reason)
    this.terminated = Promise.resolve(this.spec.terminate?.(reason)).catch((error) =>
      this.deps.onCrash(this, { kind: 'crash', error }),
    )
    this.deps.onEnd(this)
    for (const listener of this.exitListeners ?? []) listener(reason)
    this.exitListeners = undefined
    if (this.spec.hibernateAfterMs) this.deps.hibernation.delete(this, this.spec.hibernateAfterMs)
  }

  // --- hibernation ---

  private watchIdleTime() {
    if (this.spec.hibernateAfterMs) this.deps.hibernation.add(this, this.spec.hibernateAfterMs)
  }

  private hibernateNow() {
    this.hibernatesNext = false
    this.giveUpSpares()
  }

  /** Whatever is empty is made again by the next message that needs it. */
  private giveUpSpares() {
    if (this.exitReason || this.hibernated || this.mailboxLength > 0) return
    this.idleRounds = -1
    this.queue = undefined
    if (this.timers?.size === 0) this.timers = undefined
    if (this.pendingCalls?.size === 0) this.pendingCalls = undefined
    if (this.exitListeners?.size === 0) this.exitListeners = undefined
    if (this.spec.hibernateAfterMs) this.deps.hibernation.delete(this, this.spec.hibernateAfterMs)
  }

  // --- mailbox ---

  private receive(envelope: Envelope<M>) {
    if (this.exitReason) return
    if (!this.busy && !this.spec.takesTurns) return this.run(envelope)
    this.enqueue(envelope)
  }

  private enqueue(envelope: Envelope<M>) {
    this.queue ??= new Fifo()
    this.queue.push(envelope)
    if (!this.busy) this.wake()
  }

  /** What waits is handled: at once, or when the actor's turn comes. */
  private wake() {
    if (!this.spec.takesTurns) return this.run(this.queue?.shift())
    if (this.awaitsTurn) return
    this.awaitsTurn = true
    this.deps.turns.add(this)
  }

  takeTurn() {
    this.awaitsTurn = false
    if (this.busy) return
    this.run(this.queue?.shift(), messagesPerTurn)
    if (!this.busy && this.queue?.length) this.wake()
  }

  private run(envelope: Envelope<M> | undefined, messagesMax = Number.POSITIVE_INFINITY) {
    let next = envelope
    for (let handled = 1; next && !this.exitReason; handled += 1) {
      this.busy = true
      this.current = next
      if (this.hibernated) this.watchIdleTime()
      this.idleRounds = 0
      let result: unknown
      try {
        result = this.deps.meter?.isOn ? this.measure(next, this.deps.meter) : this.perform(next)
      } catch (error) {
        return this.crash(next, error)
      }
      if (result instanceof Promise) return this.finishLater(next, result)
      this.finish(next, result)
      next = this.leaving || handled >= messagesMax ? undefined : this.queue?.shift()
    }
  }

  private perform({ instead, message }: Envelope<M>): unknown {
    return instead ? instead() : this.spec.handle(message, this)
  }

  private measure(envelope: Envelope<M>, meter: WorkMeter): unknown {
    const outer = meter.begin(this)
    try {
      return this.perform(envelope)
    } finally {
      meter.end(outer)
    }
  }

  private finishLater(envelope: Envelope<M>, result: Promise<unknown>) {
    const finish = (value: unknown) => {
      this.finish(envelope, value)
      this.goOn()
    }
    result.then(finish, (error) => this.crash(envelope, error))
  }

  private goOn() {
    if (this.exitReason || this.leaving) return
    this.busy = false
    if (this.queue?.length) this.wake()
  }

  private finish(envelope: Envelope<M>, result: unknown) {
    this.handled += 1
    this.busy = false
    this.current = undefined
    envelope.answer?.resolve(result)
    if (this.exitAfterMessage) return this.leave(this.exitAfterMessage)
    if (this.hibernatesNext || this.spec.hibernateAfterMs === 0) this.hibernateNow()
  }

  private crash({ answer }: Envelope<M>, error: unknown) {
    answer?.reject(error)
    this.leave({ kind: 'crash', error })
  }
}

const kindOf = ({ message, instead }: Envelope<unknown>) => (instead ? 'signal' : messageKind(message))
