import { type Logger, pino } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/** JSON lines on stdout, each with the name of the node. */
export const createLog = ({ level = 'info', node }: { level?: string; node: string }): Log =>
  pino({ level, base: { node }, timestamp: pino.stdTimeFunctions.isoTime })

/** Swallows everything; for tests that do not look at the log. */
export const silentLog: Log = pino({ level: 'silent' })
