import type { Cluster } from '../cluster/cluster.ts'
import { aLink } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { drawLinkBetweenNodes, drawLinkOfClient, withOptions } from './draws.ts'
import type { Fault } from './fault.ts'
import { linkFault } from './link-fault.ts'
import { allDelayed } from './link-signatures.ts'
import { milliseconds, optionsOf } from './options.ts'

const mostOfIt = 0.8

export const latencyOptions = optionsOf({
  delayMs: milliseconds('how late each answer comes'),
  jitterMs: milliseconds('give or take, at random').default(0),
})

/** Delays what comes back on one link. */
export const delayLink = (cluster: Cluster, target: string, delayMs: number, jitterMs: number): Fault =>
  linkFault(cluster, target, {
    toxics: [
      { name: 'late', type: 'latency', stream: 'downstream', attributes: { latency: delayMs, jitter: jitterMs } },
    ],
    probeWithinMs: (delayMs + jitterMs) * 2 + 500,
    signature: allDelayed(() => mostOfIt * (delayMs - jitterMs)),
  })

const drawnOptions = { delayMs: 300, jitterMs: 100 }

/** (FI-3) */
export const linkLatency = defineFault({
  kind: 'link.latency',
  title: 'answers come late',
  aim: aLink,
  options: latencyOptions,
  create: (cluster, target, { delayMs, jitterMs }) => delayLink(cluster, target, delayMs, jitterMs),
  drawn: { ways: [withOptions(drawLinkBetweenNodes, drawnOptions), withOptions(drawLinkOfClient, drawnOptions)] },
  simulated: true,
})
