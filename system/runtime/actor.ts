import type { Clock } from '../platform/clock.ts'

export type ExitReason = { kind: 'normal' } | { kind: 'killed' } | { kind: 'crash'; error: unknown }

/** What an actor is made of. State lives in the closure that makes the spec, so a restart begins anew (RT-1). */
export interface ActorSpec<M> {
  name?: string
  init?(self: ActorSelf<M>): void | Promise<void>
  /** One message at a time; what it returns answers a `call`. */
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
  readonly alive: boolean
  readonly mailboxLength: number
  readonly handled: number
  send(message: M): void
  /** Rejects promptly when the actor dies, and after `timeoutMs` (default 5000) without an answer (RT-8). */
  call<T>(message: M, timeoutMs?: number): Promise<T>
  kill(): void
  stop(): Promise<void>
  /** Calls once with the reason; at once when the actor is gone already. */
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
  id: string
  clock: Clock
  onCrash(ref: AnyActorRef, error: unknown): void
}

/**
 * Starts an actor: a mailbox whose messages are handled strictly one after the other (CH-5). A message runs at once when the
 * actor is idle and is queued only while an earlier handler's promise is pending. A throw ends this actor and no other.
 */
export function startActor<M>(
  spec: ActorSpec<M>,
  { id, clock, onCrash }: ActorDeps,
): ActorRef<M> & { started: Promise<void> } {
  const queue: Envelope<M>[] = []
  const pendingCalls = new Set<(error: unknown) => void>()
  const exitListeners = new Set<(reason: ExitReason) => void>()
  const timers = new Set<() => void>()
  let busy = false
  let handled = 0
  let exitReason: ExitReason | undefined
  let exitAfterMessage = false

  const ref: ActorRef<M> = {
    id,
    name: spec.name,
    get alive() {
      return exitReason === undefined
    },
    get mailboxLength() {
      return queue.length
    },
    get handled() {
      return handled
    },
    send: (message) => receive({ message }),
    call: (message, timeoutMs = callTimeoutMs) => callActor(message, timeoutMs),
    kill: () => end({ kind: 'killed' }),
    async stop() {
      end({ kind: 'normal' })
      await terminated
    },
    onExit(listener) {
      if (exitReason) listener(exitReason)
      else exitListeners.add(listener)
      return () => exitListeners.delete(listener)
    },
  }

  let terminated: Promise<void> = Promise.resolve()
  const self: ActorSelf<M> = {
    ref,
    send: ref.send,
    sendAfter(delayMs, message) {
      const cancel = clock.after(delayMs, () => {
        timers.delete(cancel)
        ref.send(message)
      })
      timers.add(cancel)
      return () => {
        timers.delete(cancel)
        cancel()
      }
    },
    exit() {
      exitAfterMessage = true
    },
  }

  function end(reason: ExitReason) {
    if (exitReason) return
    exitReason = reason
    queue.length = 0
    for (const cancel of timers) cancel()
    timers.clear()
    const error = new ActorExited(`${spec.name ?? `actor ${id}`} has ended (${reason.kind})`)
    for (const reject of pendingCalls) reject(error)
    pendingCalls.clear()
    if (reason.kind === 'crash') onCrash(ref, reason.error)
    terminated = Promise.resolve(spec.terminate?.(reason)).catch((failure) => onCrash(ref, failure))
    for (const listener of exitListeners) listener(reason)
    exitListeners.clear()
  }

  function callActor<T>(message: M, timeoutMs: number): Promise<T> {
    if (exitReason) return Promise.reject(new ActorExited(`${spec.name ?? `actor ${id}`} is not running`))
    return new Promise<T>((resolve, reject) => {
      const settle = () => {
        cancel()
        pendingCalls.delete(fail)
      }
      const fail = (error: unknown) => {
        settle()
        reject(error)
      }
      const cancel = clock.after(timeoutMs, () => fail(new CallTimeout(`no answer within ${timeoutMs} ms`)))
      pendingCalls.add(fail)
      const succeed = (value: unknown) => {
        settle()
        resolve(value as T)
      }
      receive({ message, answer: { resolve: succeed, reject: fail } })
    })
  }

  function receive(envelope: Envelope<M>) {
    if (exitReason) return
    if (busy) queue.push(envelope)
    else run(envelope)
  }

  function run(envelope: Envelope<M> | undefined) {
    let next = envelope
    while (next && !exitReason) {
      busy = true
      let result: unknown
      try {
        result = spec.handle(next.message, self)
      } catch (error) {
        return crash(next, error)
      }
      if (result instanceof Promise) return void finishLater(next, result)
      finish(next, result)
      next = queue.shift()
    }
  }

  async function finishLater(envelope: Envelope<M>, result: Promise<unknown>) {
    try {
      finish(envelope, await result)
    } catch (error) {
      return crash(envelope, error)
    }
    run(queue.shift())
  }

  function finish(envelope: Envelope<M>, result: unknown) {
    handled += 1
    busy = false
    envelope.answer?.resolve(result)
    if (exitAfterMessage) end({ kind: 'normal' })
  }

  function crash(envelope: Envelope<M>, error: unknown) {
    busy = false
    envelope.answer?.reject(error)
    end({ kind: 'crash', error })
  }

  async function begin() {
    busy = true
    await spec.init?.(self)
    busy = false
    run(queue.shift())
  }
  const started = spec.init ? begin() : Promise.resolve()
  started.catch((error) => end({ kind: 'crash', error }))
  return Object.assign(ref, { started })
}
