import type { History } from '../../../history/history.ts'
import { type ErrorLine, mannersOf } from '../../../history/manners.ts'
import type { HistoryEvent } from '../../../history/operation.ts'
import { isWithin, merged } from '../../../history/spans.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../../verdict/checker.ts'
import { feltForMs, finding, isWatched, seconds, socketsOf, worstFinding } from './reasons.ts'

/** A line of a log and what caused it are so close to each other. */
const causeNearMs = 2_000
/** How long a node had waited before it logs that something took too long. */
const slowForMs = 5_000
/** A node gave up waiting for an answer of the database, of which the history does not say when it stood still. */
const databaseIsSlow = /^repo: the database is not reachable, trying again: .*timeout/i
const serverError = /\bstatus 5\d\d\b|\btime(?:d |-)?out\b|\bcrash|\bunavailable\b/i

/** Without a fault nothing fails: no node logs an error, and no operation ends uncertain or with a failure of the server (NF-1, RT-9). */
export const noUnexplainedErrors: Checker = {
  name: 'no-unexplained-errors',
  needs: isWatched,
  invariant:
    'no node logs an error, no runtime warns of a leak, and no operation fails by the fault of the server, unless something is broken or somebody is hostile',
  check(history) {
    if (!isWatched(history)) return unknown('nobody watched for errors')
    const isExplained = explainer(history)
    const lines = errorsOf(history)
    const strayLines = lines.filter(({ atMs }) => !isExplained(atMs, atMs))
    const slowLines = lines.filter(({ text }) => databaseIsSlow.test(text))
    const stray = strayLines.find(({ text }) => !databaseIsSlow.test(text)) ?? strayLines[0]
    const failed = failuresOf(history)
    const strayFailures = failed.filter(({ end, begunMs }) => !isExplained(begunMs, end.tMs))
    const [warned] = history.finals<string[]>(mannersOf.warnings).filter(({ value }) => value.length > 0)
    if (warned)
      return violated(`warned: the runtime of ${warned.node} warned of a mistake: ${warned.value[0]}`, {
        node: warned.node,
      })
    const findings = [
      ...(stray ? [logged(history, stray)] : []),
      ...strayFailures.map((failure) => unexplained(history, failure, slowLines)),
    ]
    return (
      worstFinding(findings) ??
      passed(
        `${count(lines.length, 'error')} in the logs and ${count(failed.length, 'failed operation')}, each with a known cause`,
      )
    )
  },
}

/** What nodes logged while they started is not theirs: the machine that started them all at once was slow. */
function errorsOf(history: History): LineOfNode[] {
  const expected = history.of('read', mannersOf.expectedLog).map(({ value }) => String(value))
  const [{ tMs: startedMs } = { tMs: 0 }] = history.of('read', mannersOf.settings)
  return history
    .finals<ErrorLine[]>(mannersOf.errors)
    .flatMap(({ node = '', value }) => value.map((line) => ({ node, ...line })))
    .filter(({ atMs, text }) => atMs >= startedMs && !expected.some((part) => text.includes(part)))
}

type LineOfNode = ErrorLine & { node: string }

interface Failure {
  end: HistoryEvent
  begunMs: number
}

/**
 * Operations that failed by the fault of a server. A refusal such as "sold out" is an answer, and an uncertain end without a reason is that of
 * a client which waits for no answer.
 */
function failuresOf(history: History): Failure[] {
  const begun = new Map(history.of('invoke').map(({ op, tMs }) => [op, tMs]))
  return [...history.of('failed'), ...history.of('unsure')]
    .filter(({ type, error }) => error !== undefined && (type === 'unsure' || serverError.test(error)))
    .map((end) => ({ end, begunMs: begun.get(end.op) ?? end.tMs }))
}

/** Returns the function that tells whether something was broken, or somebody was hostile, in a time. */
function explainer(history: History): (fromMs: number, toMs: number) => boolean {
  const hostileMs = [
    ...history.of('read', mannersOf.refusal).map(({ tMs }) => tMs),
    ...socketsOf(history).flatMap(({ isHostile, tMs }) => (isHostile ? [tMs] : [])),
  ]
  const spans = merged([
    ...hostileMs.map((tMs) => ({ fromMs: tMs - causeNearMs, toMs: tMs + causeNearMs })),
    ...history.of('read', mannersOf.provocation).map(({ tMs }) => ({ fromMs: tMs, toMs: tMs + feltForMs })),
    ...history.faults.map(({ requestedMs, witnessedOffMs }) => ({
      fromMs: requestedMs,
      toMs: (witnessedOffMs ?? history.endMs) + feltForMs,
    })),
  ])
  return (fromMs, toMs) => isWithin(spans, fromMs, toMs)
}

function logged(history: History, line: LineOfNode): Verdict {
  const { node, atMs, text } = line
  const sentence = `logged: ${node} logged an error at ${seconds(atMs)}, and nothing was broken: ${text}`
  if (databaseIsSlow.test(text)) return unknown(`${sentence}: the database was slow`, { line })
  return finding(history, sentence, atMs - slowForMs, atMs + causeNearMs, { line })
}

function unexplained(history: History, { end, begunMs }: Failure, slowLines: readonly LineOfNode[]): Verdict {
  const { who, operation, error = 'without an answer', type, tMs } = end
  const sentence = `failed: ${operation} of ${who} ended ${type} at ${seconds(tMs)} though nothing was broken: ${error}`
  const slow = slowLines.find(({ atMs }) => begunMs - slowForMs <= atMs && atMs <= tMs + slowForMs)
  if (slow) return unknown(`${sentence}; ${slow.node} had logged that the database was slow`, { end, slow })
  return finding(history, sentence, begunMs, tMs, { end })
}
