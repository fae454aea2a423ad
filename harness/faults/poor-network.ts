import type { Link, ToxicSpec } from '../cluster/links.ts'
import { canary } from './canary.ts'
import { type FaultKind, type FaultOptions, numberOption } from './fault.ts'
import { linkFault } from './link-fault.ts'
import { allLate, someLate } from './link-signs.ts'

/** How bad a way is, the same in both directions. */
export interface Network {
  /** One way, give or take `jitterMs`. */
  latencyMs: number
  jitterMs: number
  /** 0: as fast as it can. */
  rateKiBps: number
  /** How many of a hundred packets are lost. TCP sends them again, and what comes behind them waits up to `stallMs`. */
  lossPercent: number
  stallMs: number
}

const perfect: Network = { latencyMs: 0, jitterMs: 0, rateKiBps: 0, lossPercent: 0, stallMs: 0 }

/** Networks that people have (FI-4). */
export const networks = {
  'mobile-2g': { latencyMs: 250, jitterMs: 100, rateKiBps: 24, lossPercent: 2, stallMs: 900 },
  'mobile-3g': { latencyMs: 80, jitterMs: 40, rateKiBps: 96, lossPercent: 1, stallMs: 600 },
  'weak-wifi': { latencyMs: 20, jitterMs: 20, rateKiBps: 128, lossPercent: 8, stallMs: 400 },
  train: { latencyMs: 60, jitterMs: 60, rateKiBps: 64, lossPercent: 15, stallMs: 1_200 },
} as const satisfies Record<string, Network>

const packetBytes = 1_460
const lossDefaultPercent = 10
const stallDefaultMs = 600

/** A latency that is negative on average: only the luckless packets get one, and they wait from 0 to `stallMs`. */
function stall({ lossPercent, stallMs }: Network): Pick<ToxicSpec, 'type' | 'attributes'> {
  const jitter = Math.round((stallMs * 100) / (2 * lossPercent))
  return { type: 'latency', attributes: { latency: stallMs - jitter, jitter } }
}

/**
 * The toxics of one direction, in the order in which data meets them; any Toxiproxy knows them. Latency counts from when data was read:
 * behind a narrow way it would be over already, and before it both add up. Pure.
 */
export function toxicsOf(network: Network, stream: ToxicSpec['stream']): ToxicSpec[] {
  const { latencyMs, jitterMs, rateKiBps, lossPercent } = network
  const toxic = (name: string, wish: Pick<ToxicSpec, 'type' | 'attributes'>) => ({
    name: `${name}_${stream}`,
    stream,
    ...wish,
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

/** How much longer a request of so many bytes takes at least, without its bad luck. */
const surelyMs = ({ latencyMs, jitterMs, rateKiBps }: Network, bytes: number) =>
  2 * Math.max(0, latencyMs - jitterMs) + (rateKiBps > 0 ? (bytes / 1_024 / rateKiBps) * 1_000 : 0)

/** About the bytes of a request that carries something, and its answer. */
const payloadBytes = 16_000
const askWithPayload = (link: Link, withinMs: number) => canary(link.port, { request: 'payload', withinMs })

/** The narrow end of a link may let a little through ahead of time. */
const mostOfIt = 0.7

/** What is lost is late by so much of the longest wait, if it is not very lucky. */
const someOfIt = 0.25

/** A link to a node as bad as asked for, felt by a request that carries a payload; the same request beside the link stays quick (FI-4). */
const poorLink =
  (networkOf: (options: FaultOptions) => Network): FaultKind =>
  (cluster, target, options) => {
    const [, to = ''] = target.split('->')
    if (to === 'db' || to === 'redis')
      throw new Error(`a poor network is one between clients and nodes, or nodes; for ${to} there is ${to}.slow`)
    const network = networkOf(options)
    const isLuck = surelyMs(network, payloadBytes) === 0
    return linkFault(cluster, target, {
      toxics: (['upstream', 'downstream'] as const).flatMap((stream) => toxicsOf(network, stream)),
      ask: askWithPayload,
      probeWithinMs: 3 * surelyMs(network, payloadBytes) + 4 * network.jitterMs + 10 * network.stallMs + 1_000,
      sign: isLuck ? someLate(someOfIt * network.stallMs) : allLate((bytes) => mostOfIt * surelyMs(network, bytes)),
    })
  }

/** At most `rateKiBps` in each direction (FI-4). */
export const linkBandwidth = poorLink((options) => ({ ...perfect, rateKiBps: positive(options, 'rateKiBps') }))

/** Lost packets as TCP shows them: nothing is missing, but some of it, by chance, keeps the rest waiting (FI-4). */
export const linkLoss = poorLink((options) => ({
  ...perfect,
  lossPercent: positive(options, 'lossPercent', lossDefaultPercent),
  stallMs: positive(options, 'stallMs', stallDefaultMs),
}))

/** A network from the list, option `network` (FI-4). */
export const linkPoor = poorLink(({ network }) => {
  const name = String(network)
  if (Object.hasOwn(networks, name)) return networks[name as keyof typeof networks]
  throw new Error(`link.poor needs the option network, one of ${Object.keys(networks).join(', ')}; got ${name}`)
})

function positive(options: FaultOptions, name: string, fallback?: number): number {
  const value = numberOption(options, name, fallback)
  if (value > 0) return value
  throw new Error(`the option ${name} must be more than 0, and it is ${value}`)
}
