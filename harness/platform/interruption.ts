import { exitCodes } from './exit-codes.ts'

export type StopSignal = 'SIGINT' | 'SIGTERM'

export interface Interruption {
  /** The signal that asked for the end, once there is one. */
  by(): StopSignal | undefined
  /** Called once, at the first signal; at once when that was before. */
  onStop(stop: (signal: StopSignal) => void): void
}

export const codeOf = (signal: StopSignal): number =>
  signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated

/** The first signal asks for an orderly end: heal, report, clean up. The second one ends the process at once; the watchdog does the rest. */
export function watchSignals(target: NodeJS.Process, say: (sentence: string) => void): Interruption {
  let first: StopSignal | undefined
  const listeners: ((signal: StopSignal) => void)[] = []
  const hear = (signal: StopSignal) => {
    if (first) target.exit(codeOf(signal))
    first = signal
    say('stopping: healing and cleaning up first; once more ends at once')
    for (const stop of listeners) stop(signal)
  }
  target.on('SIGINT', hear)
  target.on('SIGTERM', hear)
  return {
    by: () => first,
    onStop(stop) {
      if (first) stop(first)
      else listeners.push(stop)
    },
  }
}

const graceMs = 2_000

/** Ends the process even when something keeps it alive: a step that was abandoned may hold timers and sockets for ever. */
export function endSoon(target: NodeJS.Process) {
  setTimeout(() => target.exit(), graceMs).unref()
}
