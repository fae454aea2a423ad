import { aLink } from './aims.ts'
import type { CanaryResult } from './canary.ts'
import { defineFault } from './define-fault.ts'
import { drawLinkBetweenNodes, drawLinkOfClient } from './draws.ts'
import { seen, unseen, type Witness } from './fault.ts'
import { linkFault } from './link-fault.ts'
import { byAnswer } from './link-signatures.ts'
import { noOptions } from './options.ts'

const isReset = ({ answer }: CanaryResult): Witness =>
  answer === 'closed'
    ? seen('a connection is reset, that of the control probe is not')
    : unseen(`a request through the link is ${answer}`)

/** Open connections end at once, idle ones too; new ones are reset until it is healed, at the latest when data comes back (FI-3). */
export const linkReset = defineFault({
  kind: 'link.reset',
  title: 'tears down every connection, idle ones too, and resets new ones',
  isSudden: true,
  endsConnections: true,
  aim: { ...aLink, examples: ['alice->n1', 'n1->n2', 'shoppers->all'] },
  options: noOptions,
  create: (cluster, target) =>
    linkFault(cluster, target, {
      toxics: [{ name: 'reset', type: 'reset_peer', stream: 'downstream', attributes: { timeout: 0 } }],
      signature: byAnswer(isReset),
    }),
  explains: () => ({ at: 'link' }),
  drawn: { ways: [drawLinkBetweenNodes, drawLinkOfClient] },
  simulated: true,
})
