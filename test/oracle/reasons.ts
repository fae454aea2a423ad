import { InvalidSubscription } from '../../system/pipeline/demand.ts'
import { PartitionError } from '../../system/pipeline/dispatchers/dispatcher.ts'
import {
  ActorExited,
  CalledSelf,
  CallTimeout,
  ChildNotStarted,
  type ExitReason,
  InvalidChildren,
  NameTaken,
} from '../../system/runtime/index.ts'

/** A child or worker whose start function says no. */
export class Refused extends Error {
  override name = 'Refused'
}

/** A call failed; the text is the reason in the words of the recordings. */
export class CallFailed extends Error {
  override name = 'CallFailed'
}

/** A value that was thrown, in a language in which errors and thrown values differ. */
export class Thrown {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

/** A server there takes what its handler throws for what it returns, and ends because it cannot be. */
export const thrownInServer = (value: unknown): ExitReason => ({ kind: 'exit', why: `bad_return_value:${value}` })

/** An end with a reason, chosen in the middle of a handler. */
export class Exit extends Error {
  readonly reason: ExitReason
  constructor(reason: ExitReason) {
    super('exit')
    this.reason = reason
  }
}

/** `kill` is not among them: it is an order, and its reason is `killed`. */
export function readReason(text: string): ExitReason {
  if (text === 'normal') return { kind: 'normal' }
  if (text === 'killed') return { kind: 'killed' }
  if (text === 'shutdown') return { kind: 'shutdown' }
  if (text.startsWith('shutdown:')) return { kind: 'shutdown', why: text.slice('shutdown:'.length) }
  return { kind: 'exit', why: text }
}

/** A reason in the words of the recordings. */
export function writeReason(reason: ExitReason): string {
  if (reason.kind === 'crash') return writeError(reason.error)
  if (reason.kind === 'exit') return reason.why
  if (reason.kind !== 'shutdown' || reason.why === undefined) return reason.kind
  return reason.why instanceof Error ? writeError(reason.why) : `shutdown:${reason.why}`
}

/** Our errors, and what the same mistake is called there. */
export function writeError(error: unknown): string {
  if (error instanceof Refused) return 'refused'
  if (error instanceof Exit) return writeReason(error.reason)
  if (error instanceof Thrown) return `throw:${error.value}`
  if (error instanceof CallFailed) return error.message
  if (error instanceof CalledSelf) return 'calling_self'
  if (error instanceof NameTaken) return 'already_started'
  if (error instanceof CallTimeout) return 'call_timeout'
  if (error instanceof ActorExited) return error.reason ? writeReason(error.reason) : 'noproc'
  if (error instanceof PartitionError) return 'error:ArgumentError'
  if (error instanceof InvalidSubscription) return 'bad_options'
  if (error instanceof RangeError) return 'error:function_clause'
  if (error instanceof ChildNotStarted)
    return `shutdown:failed_to_start_child:${error.child}:${writeError(error.cause)}`
  if (error instanceof InvalidChildren) return writeInvalidChildren(error)
  return error instanceof Error ? `error:${error.message}` : `throw:${error}`
}

function writeInvalidChildren({ message }: InvalidChildren): string {
  if (message.startsWith('a worker is permanent')) return 'bad_options'
  const [, twice] = /^two children are called (\S+);/.exec(message) ?? []
  return twice ? `start_spec:duplicate_child_name:${twice}` : 'start_spec:bad_combination'
}
