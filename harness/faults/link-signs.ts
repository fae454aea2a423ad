import { systemClock } from '../platform/clock.ts'
import type { CanaryResult } from './canary.ts'
import { probeControl, slowestMs } from './control-probe.ts'
import { seen, unseen, type Witness, witnessWithin } from './fault.ts'
import { type Pair, witnessAddedLatency } from './latency-witness.ts'

/** The same request by two ways to one target: through the link, and by a way that the harness has for itself. */
export interface Ways {
  through(): Promise<CanaryResult>
  /** One through the link after which the target closes the connection. */
  lastThrough(): Promise<CanaryResult>
  controlProbe(): Promise<CanaryResult>
  before: Before
}

/** What it was like before the fault. */
export interface Before {
  answer: CanaryResult['answer']
  bytes: number
  /** How much longer it took through the link than beside it. */
  extraMs: number
}

/** How it shows that a link is broken, and that it is not any more. */
export interface Signature {
  present(ways: Ways): Promise<Witness>
  cleared(ways: Ways): Promise<Witness>
}

const answerWithinMs = 2_000
const luckWithinMs = 10_000
const overWithinMs = 10_000

const describeAnswer = ({ answer, tookMs }: CanaryResult) =>
  `a request through the link is ${answer} after ${tookMs.toFixed(0)} ms`

/** A request through the link, and as long as it is out, one beside it after the other: the target is well, and only the link is not. */
async function withBeside(
  asking: Promise<CanaryResult>,
  { controlProbe }: Ways,
  judge: (now: CanaryResult, besideMs: number) => Witness,
) {
  const asked = await probeControl(asking, controlProbe, systemClock)
  const failed = asked.find(({ answer }) => answer !== 'answered')
  if (failed) return unseen(`the target does not answer beside the link either (${failed.answer})`)
  return judge(await asking, slowestMs(asked))
}

/** A request is not answered as it should be. */
export function byAnswer(judge: (now: CanaryResult) => Witness, by: 'through' | 'lastThrough' = 'through'): Signature {
  async function isAnswered({ through }: Ways) {
    const now = await through()
    return now.answer === 'answered' ? seen(describeAnswer(now)) : unseen(describeAnswer(now))
  }
  return {
    present: (ways) => witnessWithin(answerWithinMs, () => withBeside(ways[by](), ways, judge), systemClock),
    cleared: (ways) => witnessWithin(overWithinMs, () => isAnswered(ways), systemClock),
  }
}

/** Every answer comes late, by at least what is said of a request and answer of so many bytes. */
export function allLate(leastMsOf: (bytes: number) => number): Signature {
  async function look({ through, controlProbe }: Ways): Promise<Pair | string> {
    const [now, besideIt] = await Promise.all([through(), controlProbe()])
    if (besideIt.answer !== 'answered') return `the target does not answer beside the link either (${besideIt.answer})`
    return now.answer === 'answered' ? { tookMs: now.tookMs, besideMs: besideIt.tookMs } : describeAnswer(now)
  }
  async function isInTime({ through, before }: Ways) {
    const now = await through()
    const isQuick = now.answer === 'answered' && now.tookMs < leastMsOf(before.bytes) + before.extraMs
    return isQuick ? seen(describeAnswer(now)) : unseen(describeAnswer(now))
  }
  return {
    present(ways) {
      const { bytes, extraMs } = ways.before
      const lateness = { what: 'a request', leastMs: leastMsOf(bytes), beforeMs: extraMs }
      return witnessAddedLatency(() => look(ways), lateness, systemClock)
    },
    cleared: (ways) => witnessWithin(overWithinMs, () => isInTime(ways), systemClock),
  }
}

/** So many unlucky ones are no chance, where all beside them were well; */
const unluckyLooks = 4
/** and so many in a row without bad luck are none either: it is over. */
const luckyLooks = 12

/** Some answers, by chance, come at least so late. */
export function someLate(leastMs: number): Signature {
  const isLate = ({ tookMs }: CanaryResult, besideMs: number) => tookMs - besideMs >= leastMs
  async function areLucky(ways: Ways) {
    for (let left = luckyLooks; ; left -= 1) {
      const [now, beside] = await Promise.all([ways.through(), ways.controlProbe()])
      if (now.answer !== 'answered' || isLate(now, ways.before.extraMs + beside.tookMs))
        return unseen(describeAnswer(now))
      if (left === 1) return seen(`${luckyLooks} requests in a row are not held up`)
    }
  }
  return {
    present(ways) {
      let unlucky = 0
      const look = (now: CanaryResult, besideMs: number) => {
        if (now.answer === 'answered' && isLate(now, ways.before.extraMs + besideMs)) unlucky += 1
        const said = `${describeAnswer(now)}, beside it ${besideMs.toFixed(0)} ms; ${unlucky} were held up so far`
        return unlucky >= unluckyLooks ? seen(said) : unseen(said)
      }
      return witnessWithin(luckWithinMs, () => withBeside(ways.through(), ways, look), systemClock)
    },
    cleared: (ways) => witnessWithin(overWithinMs, () => areLucky(ways), systemClock),
  }
}
