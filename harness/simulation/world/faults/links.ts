import type { Cluster } from '../cluster.ts'
import type { Link } from '../network.ts'
import type { Response } from '../requests.ts'
import {
  backWithinMs,
  type FaultFactory,
  type FaultOptions,
  probeWithinMs,
  said,
  type Witness,
  within,
} from './fault.ts'

/** A request to the end of a link through the link, and one beside it. */
async function throughAndBeside(cluster: Cluster, from: string, to: string, withinMs = probeWithinMs) {
  const startedMs = cluster.clock.monotonicMs()
  const through = await cluster.ask(to, { do: 'health' }, withinMs, from)
  const tookMs = cluster.clock.monotonicMs() - startedMs
  const beside = await cluster.ask(to, { do: 'health' }, probeWithinMs)
  return { through, tookMs, beside }
}

interface LinkBreakage {
  breakIt(cluster: Cluster, link: Link): void
  mend(cluster: Cluster, link: Link): void
  /** What a request through the broken link is like. */
  expected(response: Response, tookMs: number): boolean
  withinMs?: number
}

/** The common shape: something on one link, felt by a request through it and by none beside it. */
const linkFault =
  (breakageOf: (options: FaultOptions) => LinkBreakage): FaultFactory =>
  (cluster, target, options) => {
    const [from = '', to = ''] = target.split('->')
    const link = cluster.network.link(from, to)
    const { breakIt, mend, expected, withinMs } = breakageOf(options)
    const look = async (isBroken: boolean): Promise<Witness> => {
      const { through, tookMs, beside } = await throughAndBeside(cluster, from, to, withinMs)
      const why = `a request through ${target} is ${through.kind} after ${tookMs} ms, one beside it ${beside.kind}`
      const isFelt = expected(through, tookMs)
      return said(beside.kind === 'answered' && (isBroken ? isFelt : !isFelt && through.kind === 'answered'), why)
    }
    return {
      inject: () => breakIt(cluster, link),
      witnessOn: () => look(true),
      heal: () => mend(cluster, link),
      witnessOff: () => within(cluster, backWithinMs, () => look(false)),
    }
  }

const isSilent = ({ kind }: Response) => kind === 'silent'

export const linkCut = linkFault(() => ({
  breakIt: ({ network }, link) => network.cut(link, ['there', 'back']),
  mend: ({ network }, link) => network.mend(link),
  expected: isSilent,
}))

export const linkCutOneWay = linkFault(() => ({
  breakIt: ({ network }, link) => network.cut(link, ['back']),
  mend: ({ network }, link) => network.mend(link),
  expected: isSilent,
}))

export const linkReset = linkFault(() => ({
  breakIt: ({ network }, link) => network.reset(link),
  mend(_cluster, link) {
    link.isResetting = false
  },
  expected: ({ kind }) => kind === 'refused',
}))

export const linkLatency = linkFault(({ delayMs, jitterMs = 0 }) => {
  const [lateMs, spreadMs] = [Number(delayMs), Number(jitterMs)]
  return {
    breakIt: (_cluster, link) => void Object.assign(link, { lateMs, jitterMs: spreadMs }),
    mend: (_cluster, link) => void Object.assign(link, { lateMs: 0, jitterMs: 0 }),
    expected: ({ kind }, tookMs) => kind === 'answered' && tookMs >= 0.8 * (lateMs - spreadMs),
    withinMs: (lateMs + spreadMs) * 3 + probeWithinMs,
  }
})
