import { systemClock } from '../platform/clock.ts'
import type { CanaryResult } from './canary.ts'
import { probeControl, slowestMs } from './control-probe.ts'
import { seen, unseen, type Witness, witnessWithin } from './fault.ts'
import { type Pair, witnessAddedLatency } from './latency-witness.ts'

/** The same request to one target: through the link, and as a control probe on a link that the harness has for itself. */
export interface Requests {
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
  /** How much longer a request took through the link than the control probe. */
  addedMs: number
}

/** How a broken link is recognized, and how one that is not broken any more. */
export interface Signature {
  /** It is told by how long an answer takes. */
  isTimed?: true
  /** It is told by what is sent back. */
  needsAnswer?: true
  present(requests: Requests): Promise<Witness>
  cleared(requests: Requests): Promise<Witness>
}

const answerWithinMs = 2_000
const delayedWithinMs = 10_000
const clearedWithinMs = 10_000

const describeAnswer = ({ answer, tookMs }: CanaryResult) =>
  `a request through the link is ${answer} after ${tookMs.toFixed(0)} ms`

/** One control probe after the other for as long as a request is under way: the target is well, and only the link is not. */
async function withControlProbes(
  asking: Promise<CanaryResult>,
  { controlProbe }: Requests,
  judge: (now: CanaryResult, controlMs: number) => Witness,
) {
  const probes = await probeControl(asking, controlProbe, systemClock)
  const failed = probes.find(({ answer }) => answer !== 'answered')
  if (failed) return unseen(`the target does not answer the control probe either (${failed.answer})`)
  return judge(await asking, slowestMs(probes))
}

/** A request is not answered as it should be. */
export function byAnswer(judge: (now: CanaryResult) => Witness, by: 'through' | 'lastThrough' = 'through'): Signature {
  async function isAnswered({ through }: Requests) {
    const now = await through()
    return now.answer === 'answered' ? seen(describeAnswer(now)) : unseen(describeAnswer(now))
  }
  return {
    ...(by === 'lastThrough' && { needsAnswer: true }),
    present: (requests) =>
      witnessWithin(answerWithinMs, () => withControlProbes(requests[by](), requests, judge), systemClock),
    cleared: (requests) => witnessWithin(clearedWithinMs, () => isAnswered(requests), systemClock),
  }
}

/** Every answer comes late, by at least `leastMsOf` a request and answer of this size. */
export function allDelayed(leastMsOf: (bytes: number) => number): Signature {
  async function look({ through, controlProbe }: Requests): Promise<Pair | string> {
    const [now, control] = await Promise.all([through(), controlProbe()])
    if (control.answer !== 'answered') return `the target does not answer the control probe either (${control.answer})`
    return now.answer === 'answered' ? { tookMs: now.tookMs, controlMs: control.tookMs } : describeAnswer(now)
  }
  async function isInTime({ through, before }: Requests) {
    const now = await through()
    const isQuick = now.answer === 'answered' && now.tookMs < leastMsOf(before.bytes) + before.addedMs
    return isQuick ? seen(describeAnswer(now)) : unseen(describeAnswer(now))
  }
  return {
    isTimed: true,
    present(requests) {
      const { bytes, addedMs } = requests.before
      const lateness = { what: 'a request', leastMs: leastMsOf(bytes), beforeMs: addedMs }
      return witnessAddedLatency(() => look(requests), lateness, systemClock)
    },
    cleared: (requests) => witnessWithin(clearedWithinMs, () => isInTime(requests), systemClock),
  }
}

/** This many delayed requests are no coincidence, where all control probes were answered in time. */
const delayedEnough = 4
/** This many undelayed requests in a row are no coincidence either: the fault is over. */
const undelayedEnough = 12

/** Some answers, at random, come at least so late. */
export function someDelayed(leastMs: number): Signature {
  const isDelayed = ({ tookMs }: CanaryResult, controlMs: number) => tookMs - controlMs >= leastMs
  async function areUndelayed({ through, controlProbe, before }: Requests) {
    for (let left = undelayedEnough; ; left -= 1) {
      const [now, control] = await Promise.all([through(), controlProbe()])
      if (now.answer !== 'answered' || isDelayed(now, before.addedMs + control.tookMs))
        return unseen(describeAnswer(now))
      if (left === 1) return seen(`${undelayedEnough} requests in a row are not held up`)
    }
  }
  return {
    isTimed: true,
    present(requests) {
      let delayed = 0
      const look = (now: CanaryResult, controlMs: number) => {
        if (now.answer === 'answered' && isDelayed(now, requests.before.addedMs + controlMs)) delayed += 1
        const said = `${describeAnswer(now)}, the control probe ${controlMs.toFixed(0)} ms; ${delayed} were held up so far`
        return delayed >= delayedEnough ? seen(said) : unseen(said)
      }
      return witnessWithin(delayedWithinMs, () => withControlProbes(requests.through(), requests, look), systemClock)
    },
    cleared: (requests) => witnessWithin(clearedWithinMs, () => areUndelayed(requests), systemClock),
  }
}
