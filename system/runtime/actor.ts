import type { Clock } from '../platform/clock.ts'

export type ExitReason = { kind: 'normal' } | { kind: 'killed' } | { kind: 'crash'; error: unknown }

/** The callbacks of an actor. Its state lives in the closure that makes the spec, so that a restart begins with new state (RT-1). */
export interface ActorSpec<M> {
  name?: string
  /** The kind of actor, for lists and lookups. */
  role?: string
  init?(self: ActorSelf<M>): void | Promise<void>
  /** Handles one message at a time; its return value is the result of a `call`. */
  handle(message: M, self: ActorSelf<M>): unknown
  terminate?(reason: ExitReason): void | Promise<void>
}

export interface ActorSelf<M> {
  readonly ref: ActorRef<M>
  send(message: M): void
  sendAfter(delayMs: number, message: M): () => void
  /** Ends this actor after the message that it is handling now. */
  exit(): void
}

export interface ActorRef<M = never> {
  readonly id: string
  readonly name: string | undefined
  readonly role: string | undefined
  readonly alive: boolean
  readonly mailboxLength: number
  readonly handled: number
  send(message: M): void
  /** Rejects as soon as the actor dies, and after `timeoutMs` (default 5000) without a result (RT-8). */
  call<T>(message: M, timeoutMs?: number): Promise<T>
  kill(): void
  stop(): Promise<void>
  /** Calls the listener once with the reason; at once if the actor has already ended. */
  onExit(listener: (reason: ExitReason) => void): () => void
}

/** An actor of any kind, as supervisors and lists see it. */
export type AnyActorRef = Omit<ActorRef<never>, 'send' | 'call'>

export class ActorExited extends Error {
  override name = 'ActorExited'
}
export class CallTimeout extends Error {
  override name = 'CallTimeout'
}

export const callTimeoutMs = 5_000

interface Envelope<M> {
  message: M
  answer?: { resolve(value: unknown): void; reject(error: unknown): void }
}

interface ActorDeps {
  clock: Clock
  onCrash(ref: AnyActorRef, error: unknown): void
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
): ActorRef<M> & { started: Promise<void> } {
  const actor = new Actor(spec, id, deps)
  if (!spec.init) return actor
  actor.started = actor.begin(spec.init)
  actor.started.catch((error) => actor.end({ kind: 'crash', error }))
  return actor
}

const nothingToDo = Promise.resolve()

/** A class without closures, with lazily created collections, because a node holds one for each joined topic. */
class Actor<M> implements ActorRef<M>, ActorSelf<M> {
  readonly id: string
  started: Promise<void> = nothingToDo
  handled = 0
  private readonly spec: ActorSpec<M>
  private readonly deps: ActorDeps
  private queue: Envelope<M>[] | undefined
  private pendingCalls: Set<(error: unknown) => void> | undefined
  private exitListeners: Set<(reason: ExitReason) => void> | undefined
  private timers: Set<() => void> | undefined
  private busy = false
  private exitReason: ExitReason | undefined
  private exitAfterMessage = false
  private terminated: Promise<void> = nothingToDo

  constructor(spec: ActorSpec<M>, id: string, deps: ActorDeps) {
    this.spec = spec
    this.deps = deps
    this.id = id
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

  exit() {
    this.exitAfterMessage = true
  }

  kill() {
    this.end({ kind: 'killed' })
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
    const cancel = this.deps.clock.after(timeoutMs, () => reject(new CallTimeout(`no answer within ${timeoutMs} ms`)))
    return () => {
      cancel()
      pendingCalls.delete(reject)
    }
  }

  private get called() {
    return this.spec.name ?? `actor ${this.id}`
  }

  private ended({ kind }: ExitReason) {
    return new ActorExited(`${this.called} has ended (${kind})`)
  }

  // --- begin and end ---

  async begin(init: NonNullable<ActorSpec<M>['init']>) {
    this.busy = true
    await init(this)
    this.busy = false
    this.run(this.queue?.shift())
  }

  end(reason: ExitReason) {
    if (this.exitReason) return
    this.exitReason = reason
    this.queue = undefined
    for (const cancel of this.timers ?? []) cancel()
    this.timers = undefined
    for (const reject of this.pendingCalls ?? []) reject(this.ended(reason))
    if (reason.kind === 'crash') this.deps.onCrash(this, reason.error)
    this.terminated = Promise.resolve(this.spec.terminate?.(reason)).catch((failure) =>
      this.deps.onCrash(this, failure),
    )
    this.deps.onEnd(this)
    for (const listener of this.exitListeners ?? []) listener(reason)
    this.exitListeners = undefined
  }

  // --- mailbox ---

  private receive(envelope: Envelope<M>) {
    if (this.exitReason) return
    if (!this.busy) return this.run(envelope)
    this.queue ??= []
    this.queue.push(envelope)
  }

  private run(envelope: Envelope<M> | undefined) {
    let next = envelope
    while (next && !this.exitReason) {
      this.busy = true
      let result: unknown
      try {
        result = this.spec.handle(next.message, this)
      } catch (error) {
        return this.crash(next, error)
      }
      if (result instanceof Promise) return this.finishLater(next, result)
      this.finish(next, result)
      next = this.queue?.shift()
    }
  }

  private finishLater(envelope: Envelope<M>, result: Promise<unknown>) {
    const goOn = (value: unknown) => {
      this.finish(envelope, value)
      this.run(this.queue?.shift())
    }
    result.then(goOn, (error) => this.crash(envelope, error))
  }

  private finish({ answer }: Envelope<M>, result: unknown) {
    this.handled += 1
    this.busy = false
    answer?.resolve(result)
    if (this.exitAfterMessage) this.end({ kind: 'normal' })
  }

  private crash({ answer }: Envelope<M>, error: unknown) {
    this.busy = false
    answer?.reject(error)
    this.end({ kind: 'crash', error })
  }
}
