import { z } from 'zod'
import type { Cluster } from '../cluster/cluster.ts'
import type { Link, ToxicSpec } from '../cluster/links.ts'
import { aLinkToANode } from './aims.ts'
import { canary } from './canary.ts'
import { defineFault } from './define-fault.ts'
import { drawLinkOfClient, withOptions } from './draws.ts'
import type { Fault } from './fault.ts'
import { linkFault } from './link-fault.ts'
import { allDelayed, someDelayed } from './link-signatures.ts'
import { kibibytesPerSecond, optionsOf, percent, positiveMilliseconds } from './options.ts'

/** How bad a link is, the same in both directions. */
interface Network {
  /** One way, give or take `jitterMs`. */
  latencyMs: number
  jitterMs: number
  /** 0: no limit. */
  rateKiBps: number
  /** How many of a hundred packets are lost. TCP sends them again, and what follows them waits up to `stallMs`. */
  lossPercent: number
  stallMs: number
}

const perfect: Network = { latencyMs: 0, jitterMs: 0, rateKiBps: 0, lossPercent: 0, stallMs: 0 }

/** Profiles of realistic networks (FI-4). */
export const networks = {
  'mobile-2g': { latencyMs: 250, jitterMs: 100, rateKiBps: 24, lossPercent: 2, stallMs: 900 },
  'mobile-3g': { latencyMs: 80, jitterMs: 40, rateKiBps: 96, lossPercent: 1, stallMs: 600 },
  'weak-wifi': { latencyMs: 20, jitterMs: 20, rateKiBps: 128, lossPercent: 8, stallMs: 400 },
  train: { latencyMs: 60, jitterMs: 60, rateKiBps: 64, lossPercent: 15, stallMs: 1_200 },
} as const satisfies Record<string, Network>

const packetBytes = 1_460

/** A latency that is negative on average: only some packets are delayed, by up to `stallMs`. */
function stall({ lossPercent, stallMs }: Network): Pick<ToxicSpec, 'type' | 'attributes'> {
  const jitter = Math.round((stallMs * 100) / (2 * lossPercent))
  return { type: 'latency', attributes: { latency: stallMs - jitter, jitter } }
}

/**
 * The toxics of one direction, in the order in which data passes them; any Toxiproxy knows them. Latency counts from when data was read:
 * behind the bandwidth limit it would have passed already, before it the two add up. Pure.
 */
export function toxicsOf(network: Network, stream: ToxicSpec['stream']): ToxicSpec[] {
  const { latencyMs, jitterMs, rateKiBps, lossPercent } = network
  const toxic = (name: string, spec: Pick<ToxicSpec, 'type' | 'attributes'>) => ({
    name: `${name}_${stream}`,
    stream,
    ...spec,
  })
  const isLate = latencyMs + jitterMs > 0
  // Toxiproxy counts in units of 1000 bytes.
  const rate = Math.round((rateKiBps * 1_024) / 1_000)
  const packets = { average_size: packetBytes, size_variation: 0, delay: 0 }
  return [
    ...(isLate ? [toxic('late', { type: 'latency', attributes: { latency: latencyMs, jitter: jitterMs } })] : []),
    ...(lossPercent > 0
      ? [toxic('packets', { type: 'slicer', attributes: packets }), toxic('stall', stall(network))]
      : []),
    ...(rate > 0 ? [toxic('narrow', { type: 'bandwidth', attributes: { rate } })] : []),
  ]
}

/** How much longer a request of this size takes at least, when none of its packets is delayed at random. */
const undelayedMs = ({ latencyMs, jitterMs, rateKiBps }: Network, bytes: number) =>
  2 * Math.max(0, latencyMs - jitterMs) + (rateKiBps > 0 ? (bytes / 1_024 / rateKiBps) * 1_000 : 0)

/** About the bytes of a request with a payload, and its answer. */
const payloadBytes = 16_000
const askWithPayload = (link: Link, withinMs: number) => canary(link.port, { request: 'payload', withinMs })

/** A bandwidth limit lets a little through ahead of time. */
const mostOfIt = 0.7

/** What is lost waits for at least this share of the longest wait, most of the time. */
const someOfIt = 0.25

/** A link to a node as bad as asked for, felt by a request with a payload; the control probe stays quick. */
function poorLink(cluster: Cluster, target: string, network: Network): Fault {
  const isRandom = undelayedMs(network, payloadBytes) === 0
  return linkFault(cluster, target, {
    toxics: (['upstream', 'downstream'] as const).flatMap((stream) => toxicsOf(network, stream)),
    ask: askWithPayload,
    probeWithinMs: 3 * undelayedMs(network, payloadBytes) + 4 * network.jitterMs + 10 * network.stallMs + 1_000,
    signature: isRandom
      ? someDelayed(someOfIt * network.stallMs)
      : allDelayed((bytes) => mostOfIt * undelayedMs(network, bytes)),
  })
}

const noLoss = 'the simulated network carries whole messages: none has a size, and no packet is lost'

/** (FI-4) */
export const linkBandwidth = defineFault({
  kind: 'link.bandwidth',
  title: 'bandwidth limit per direction',
  aim: aLinkToANode,
  options: optionsOf({ rateKiBps: kibibytesPerSecond('the limit') }),
  create: (cluster, target, { rateKiBps }) => poorLink(cluster, target, { ...perfect, rateKiBps }),
  drawn: { ways: [withOptions(drawLinkOfClient, { rateKiBps: 64 })] },
  simulated: noLoss,
})

/** As TCP shows it: nothing is missing, but some of it, at random, keeps the rest waiting (FI-4). */
export const linkLoss = defineFault({
  kind: 'link.loss',
  title: 'packets are lost and sent again, and what follows them waits',
  aim: aLinkToANode,
  options: optionsOf({
    lossPercent: percent('how many packets are lost').default(10),
    stallMs: positiveMilliseconds('how long a lost packet holds up the others at most').default(600),
  }),
  create: (cluster, target, { lossPercent, stallMs }) =>
    poorLink(cluster, target, { ...perfect, lossPercent, stallMs }),
  drawn: { ways: [withOptions(drawLinkOfClient, { lossPercent: 10, stallMs: 600 })] },
  simulated: noLoss,
})

const networkNames = Object.keys(networks) as (keyof typeof networks)[]

/** (FI-4) */
export const linkPoor = defineFault({
  kind: 'link.poor',
  title: 'a realistic network profile',
  aim: aLinkToANode,
  options: optionsOf({ network: z.enum(networkNames).meta({ description: 'which profile' }) }),
  create: (cluster, target, { network }) => poorLink(cluster, target, networks[network]),
  drawn: { ways: [withOptions(drawLinkOfClient, { network: 'mobile-3g' })] },
  simulated: noLoss,
})
