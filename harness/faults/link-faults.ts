import type { ToxicSpec } from '../cluster/links.ts'
import type { CanaryResult } from './canary.ts'
import { type FaultKind, numberOption, seen, unseen, type Witness } from './fault.ts'
import { linkFault } from './link-fault.ts'
import { allLate, byAnswer } from './link-signs.ts'

const mostOfIt = 0.8

const blackHole = (stream: ToxicSpec['stream']): ToxicSpec => ({
  name: `cut_${stream}`,
  type: 'timeout',
  stream,
  attributes: { timeout: 0 },
})

const isSilent = (now: CanaryResult): Witness =>
  now.answer === 'silent'
    ? seen('a request gets no answer, one beside it does')
    : unseen(`a request through the link is ${now.answer}`)

/** The other side must have got the request, else it would not close the connection after an answer that never came. */
const getsNoAnswer = ({ answer }: CanaryResult): Witness =>
  answer === 'closed'
    ? seen('a request is taken and its answer never comes, one beside it is answered')
    : unseen(`a request through the link is ${answer}`)

const isReset = ({ answer }: CanaryResult): Witness =>
  answer === 'closed'
    ? seen('a connection is reset, one beside it is not')
    : unseen(`a request through the link is ${answer}`)

/** A black hole: nothing arrives, nothing is closed. */
export const linkCut: FaultKind = (cluster, target) =>
  linkFault(cluster, target, { toxics: [blackHole('upstream'), blackHole('downstream')], sign: byAnswer(isSilent) })

/** The same for every link between groups of nodes, target `n1|n2,n3` or `minority|majority` (FI-7, NF-8). */
export const linkPartition: FaultKind = linkCut

/** What is sent from `from` arrives, the answers do not. */
export const linkCutOneWay: FaultKind = (cluster, target) =>
  linkFault(cluster, target, { toxics: [blackHole('downstream')], sign: byAnswer(getsNoAnswer, 'lastThrough') })

/** Every connection on the link is torn down with a TCP reset, new ones too, until it is healed. */
export const linkReset: FaultKind = (cluster, target) =>
  linkFault(cluster, target, {
    toxics: [{ name: 'reset', type: 'reset_peer', stream: 'downstream', attributes: { timeout: 0 } }],
    sign: byAnswer(isReset),
  })

/** Returns come `delayMs` late, give or take `jitterMs`. */
export const linkLatency: FaultKind = (cluster, target, options) => {
  const delayMs = numberOption(options, 'delayMs')
  const jitterMs = numberOption(options, 'jitterMs', 0)
  return linkFault(cluster, target, {
    toxics: [
      { name: 'late', type: 'latency', stream: 'downstream', attributes: { latency: delayMs, jitter: jitterMs } },
    ],
    probeWithinMs: (delayMs + jitterMs) * 2 + 500,
    sign: allLate(() => mostOfIt * (delayMs - jitterMs)),
  })
}
