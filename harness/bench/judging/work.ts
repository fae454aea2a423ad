import { checkers } from '../../checkers/index.ts'
import { toHistory } from '../../history/history.ts'
import type { HistoryEvent } from '../../history/operation.ts'
import { type Checker, judge } from '../../verdict/checker.ts'
import { checkerCases } from './checker-cases.ts'
import { deliveriesHistory } from './deliveries.ts'

/**
 * Judges synthetic histories in a process of its own, so that memory and compiled code are those of this work alone. Takes the number of
 * messages and the seed, and prints one line of JSON.
 */
export interface JudgingTimes {
  deliveries: number
  deliveriesMs: number
  /** For a history with a tenth of the messages and faults. */
  tenthMs: number
  /** At most, for making the large history and judging it. */
  peakBytes: number
  /** For about 100,000 events of each of the other checkers. */
  checkersMs: Record<string, number>
}

const deliveryCheckers = ['at-most-once', 'recovery-time', 'faults-witnessed', 'joined-topics'].map(
  (name) => checkers[name]!,
)
const subscribers = 100
const messagesPerFault = 200
const eventsPerChecker = 100_000

/** Processor time of all threads, the garbage collector's too: other programs on the machine do not count. */
const processorMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** From the bare events, so that the index counts. Throws when a history in which nothing is wrong does not pass. */
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
  // The first time compiles the checkers, and the garbage collector learns.
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
