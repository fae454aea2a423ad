import { checkers } from '../../checkers/index.ts'
import { toHistory } from '../../history/history.ts'
import type { HistoryEvent } from '../../history/operation.ts'
import { type Checker, judge } from '../../verdict/checker.ts'
import { checkerCases } from './checker-cases.ts'
import { deliveriesHistory } from './deliveries.ts'

/**
 * Checks synthetic histories in a separate process, so that memory and compiled code are those of this work alone. Takes the number of
 * messages and the seed, and prints one line of JSON.
 */
export interface JudgingTimes {
  deliveries: number
  deliveriesMs: number
  /** For a history with a tenth of the messages and faults. */
  tenthMs: number
  /** Peak memory while the large history is generated and checked. */
  peakBytes: number
  /** For about 100,000 events of each other checker. */
  checkersMs: Record<string, number>
}

const deliveryCheckers = ['at-most-once', 'recovery-time', 'faults-witnessed', 'joined-topics'].map(
  (name) => checkers[name]!,
)
const subscribers = 100
const messagesPerFault = 200
const eventsPerChecker = 100_000

/** CPU time of all threads, including the garbage collector; other programs on the machine do not affect it. */
const processorMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** Starts from the plain events, so that building the index is included. Throws when a violation-free history does not pass. */
function judgeTimedMs(events: readonly HistoryEvent[], all: readonly Checker[]): number {
  const startedMs = processorMs()
  const history = toHistory(events)
  for (const checker of all) {
    const { outcome, why } = judge(checker, history)
    if (outcome !== 'passed') throw new Error(`${checker.name} should pass, and is ${outcome}: ${why}`)
  }
  return processorMs() - startedMs
}

const deliveriesOf = (messages: number, seed: number) =>
  deliveriesHistory({ messages, subscribers, faults: Math.floor(messages / messagesPerFault), seed })

function measure(messages: number, seed: number): JudgingTimes {
  const tenth = deliveriesOf(messages / 10, seed)
  // The first run is a warm-up for the compiler and the garbage collector.
  const tenthsMs = [1, 2, 3, 4].map(() => judgeTimedMs(tenth, deliveryCheckers)).slice(1)
  const deliveriesMs = judgeTimedMs(deliveriesOf(messages, seed), deliveryCheckers)
  const peakBytes = process.resourceUsage().maxRSS * 1024
  const checkersMs = Object.fromEntries(
    checkerCases.map(({ checker, historyOf }) => [checker.name, judgeTimedMs(historyOf(eventsPerChecker), [checker])]),
  )
  return {
    deliveries: messages * subscribers,
    deliveriesMs,
    tenthMs: tenthsMs.toSorted((one, other) => one - other)[1]!,
    peakBytes,
    checkersMs,
  }
}

const [messages, seed] = process.argv.slice(2).map(Number)
process.stdout.write(`${JSON.stringify(measure(messages!, seed!))}\n`)
