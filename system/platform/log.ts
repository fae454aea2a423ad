import { type Logger, pino } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/** Returns a finished line of the log without what must not be in it. */
export type Redaction = (line: string) => string

interface LogOptions {
  level?: string
  node: string
  redactions?: readonly Redaction[]
}

/** JSON lines on stdout, each with the name of the node. */
export const createLog = ({ level = 'info', node, redactions = [] }: LogOptions): Log =>
  pino({
    level,
    base: { node },
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: { streamWrite: (line) => redactions.reduce((text, redact) => redact(text), line) },
  })

/** Swallows everything; for tests that do not look at the log. */
export const silentLog: Log = pino({ level: 'silent' })
