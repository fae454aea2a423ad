import type { ToxicSpec } from '../cluster/links.ts'
import { aLink, groupsOfNodes } from './aims.ts'
import type { CanaryResult } from './canary.ts'
import { defineFault } from './define-fault.ts'
import { drawLinkBetweenNodes, drawLinkOfClient, drawLinkToDatabase, drawSplit } from './draws.ts'
import { seen, unseen, type Witness } from './fault.ts'
import { linkFault } from './link-fault.ts'
import { byAnswer } from './link-signatures.ts'
import { noOptions } from './options.ts'

const blackHole = (stream: ToxicSpec['stream']): ToxicSpec => ({
  name: `cut_${stream}`,
  type: 'timeout',
  stream,
  attributes: { timeout: 0 },
})

const isSilent = (now: CanaryResult): Witness =>
  now.answer === 'silent'
    ? seen('a request gets no answer, the control probe does')
    : unseen(`a request through the link is ${now.answer}`)

/** The other side must have got the request, else it would not close the connection after an answer that never came. */
const getsNoAnswer = ({ answer }: CanaryResult): Witness =>
  answer === 'closed'
    ? seen('a request is taken and its answer never comes, the control probe is answered')
    : unseen(`a request through the link is ${answer}`)

const bothWays = {
  options: noOptions,
  create: (cluster, target) =>
    linkFault(cluster, target, {
      toxics: [blackHole('upstream'), blackHole('downstream')],
      signature: byAnswer(isSilent),
    }),
  explains: () => ({ at: 'link', keepsNothing: true }),
  simulated: true,
} satisfies Partial<Parameters<typeof defineFault<typeof noOptions>>[0]>

/** (FI-3) */
export const linkCut = defineFault({
  ...bothWays,
  kind: 'link.cut',
  title: 'a black hole: nothing arrives, nothing is closed',
  endsConnections: true,
  aim: aLink,
  drawn: { ways: [drawLinkBetweenNodes, drawLinkOfClient, drawLinkToDatabase] },
})

/** (FI-7, NF-8) */
export const linkPartition = defineFault({
  ...bothWays,
  kind: 'link.partition',
  title: 'cuts every link between groups of nodes',
  endsConnections: true,
  aim: groupsOfNodes,
  drawn: { ways: [drawSplit] },
})

/** (FI-3) */
export const linkCutOneWay = defineFault({
  kind: 'link.cut-one-way',
  title: 'what is sent arrives, the answers do not',
  endsConnections: true,
  aim: aLink,
  options: noOptions,
  create: (cluster, target) =>
    linkFault(cluster, target, {
      toxics: [blackHole('downstream')],
      signature: byAnswer(getsNoAnswer, 'lastThrough'),
    }),
  explains: () => ({ at: 'link' }),
  drawn: { ways: [drawLinkBetweenNodes] },
  simulated: true,
})
