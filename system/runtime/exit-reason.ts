/** Why an actor ended. `normal` and `shutdown` are ends that somebody wanted; all others are failures. */
export type ExitReason =
  | { kind: 'normal' }
  | { kind: 'shutdown'; why?: unknown }
  | { kind: 'killed' }
  /** An abnormal end with a name, chosen by the actor or by whoever sent the signal. */
  | { kind: 'exit'; why: string }
  | { kind: 'crash'; error: unknown }

export const isFailure = ({ kind }: ExitReason): boolean => kind !== 'normal' && kind !== 'shutdown'

/** For logs: `normal`, `shutdown`, `shutdown:<why>`, `killed`, the name of an exit, or the text of an error. */
export function describeExit(reason: ExitReason): string {
  if (reason.kind === 'exit') return reason.why
  if (reason.kind === 'shutdown' && typeof reason.why === 'string') return `shutdown:${reason.why}`
  if (reason.kind !== 'crash') return reason.kind
  return textOf(reason.error)
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The fields that a log says of an end. */
export const causeOf = (reason: ExitReason): { reason: string; err?: unknown } => ({
  reason: describeExit(reason),
  ...(reason.kind === 'crash' && { err: reason.error }),
})

export class ActorExited extends Error {
  override name = 'ActorExited'
  /** Absent when the actor had ended before it was asked. */
  readonly reason: ExitReason | undefined

  constructor(message: string, reason?: ExitReason) {
    super(message)
    this.reason = reason
  }
}
