import type { Cluster } from '../drivers/cluster.ts'
import type { Link, ToxicWish } from '../drivers/links.ts'
import { systemClock } from '../platform/clock.ts'
import { type CanaryResult, canary } from './canary.ts'
import { type Fault, type FaultKind, numberOption, seen, unseen, type Witness, witnessWithin } from './fault.ts'

const witnessWithinMs = 2_000
const healthyWithinMs = 10_000

async function linkOf(cluster: Cluster, target: string): Promise<Link> {
  const [from, to] = target.split('->')
  if (!from || !to) throw new Error(`a link is named from->to, but this is "${target}"`)
  return cluster.links.link(from, to, { forCanary: true })
}

/** What the other end of a link understands; every node speaks HTTP. */
const requests = {
  db: { plain: 'database', last: 'database-cancel' },
  redis: { plain: 'redis', last: 'redis-quit' },
  node: { plain: 'http', last: 'http' },
} as const
const requestsFor = ({ to }: Link) => (to === 'db' || to === 'redis' ? requests[to] : requests.node)

const defaultWithinMs = 500
type Ask = (link: Link, withinMs?: number) => Promise<CanaryResult>
const probe: Ask = (link, withinMs = defaultWithinMs) =>
  canary(link.port, { request: requestsFor(link).plain, withinMs })

/** What the link can do when nothing else holds the machine up: one slow look must not hide the fault. */
async function bestOfThree(ask: Ask, link: Link): Promise<CanaryResult> {
  const looks = [await ask(link), await ask(link), await ask(link)]
  const answered = looks.filter(({ answer }) => answer === 'answered')
  return answered.sort((a, b) => a.tookMs - b.tookMs)[0] ?? looks[0]!
}

/** The same request by a way of its own: shows that the target is well and only the link is not. */
async function control(cluster: Cluster, link: Link, ask: Ask): Promise<CanaryResult> {
  return ask(await linkOf(cluster, `witness->${link.to}`))
}

interface LinkFault {
  toxics: ToxicWish[]
  /** The request that is timed. Default: the smallest that is answered. */
  ask?: Ask
  /** Looks at the broken link, where a plain request would not tell enough. */
  look?(link: Link): Promise<CanaryResult>
  /** Judges a request through the broken link, given one from before and one beside it. */
  broken(now: CanaryResult, before: CanaryResult, beside: CanaryResult): Witness
  probeWithinMs?: number
  /** What comes by chance has to be waited for, */
  witnessMs?: number
  /** and is over when so many requests in a row did not feel it. */
  quickLooks?: number
  /** An answer that comes this much later than before is not healthy yet. */
  slowMs?: number
}

/** What a link had carried when the last fault on it was over: the canaries' own bytes do not make it a used one. */
const ownBytes = new WeakMap<Link, number>()

/** The common shape: toxics on one link, a canary through it and a control beside it. A link that carried nothing before was nobody's. */
export function linkFault(cluster: Cluster, target: string, options: LinkFault): Fault {
  const { toxics, ask = probe, look, broken } = options
  const { probeWithinMs = defaultWithinMs, witnessMs = witnessWithinMs } = options
  const { slowMs = Number.POSITIVE_INFINITY, quickLooks = 1 } = options
  let link: Link
  let before: CanaryResult
  let wasUsed = false
  return {
    async inject() {
      link = await linkOf(cluster, target)
      wasUsed = await cluster.links.isUsed(link.name, ownBytes.get(link) ?? 0)
      before = await bestOfThree(ask, link)
      for (const toxic of toxics) await link.addToxic(toxic)
    },
    async witnessOn() {
      if (!wasUsed) return unseen(`nobody uses ${link.name}: it carried nothing before the fault`)
      if (before.answer !== 'answered')
        return unseen(`${link.name} did not answer before the fault either (${before.answer})`)
      const lookAgain = async () => {
        const now = await (look ? look(link) : ask(link, probeWithinMs))
        const beside = await control(cluster, link, ask)
        if (beside.answer !== 'answered')
          return unseen(`${link.to} does not answer beside ${link.name} either (${beside.answer})`)
        return broken(now, before, beside)
      }
      return witnessWithin(witnessMs, lookAgain, systemClock)
    },
    async heal() {
      for (const { name } of toxics) await link.removeToxic(name)
    },
    async witnessOff() {
      const lookAgain = async () => {
        for (let left = quickLooks; ; left -= 1) {
          const { answer, tookMs } = await ask(link)
          const said = `a request through ${link.name} is ${answer} after ${tookMs.toFixed(0)} ms`
          if (answer !== 'answered' || tookMs - before.tookMs >= slowMs) return unseen(said)
          if (left === 1) return seen(said)
        }
      }
      const witness = await witnessWithin(healthyWithinMs, lookAgain, systemClock)
      ownBytes.set(link, await cluster.links.bytes(link.name))
      return witness
    },
  }
}

const blackHole = (stream: ToxicWish['stream']): ToxicWish => ({
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

/** By a request after which the other side closes the connection. */
const lookOneWay = (link: Link) => canary(link.port, { request: requestsFor(link).last, withinMs: 1_000 })

/** A black hole: nothing arrives, nothing is closed. */
export const linkCut: FaultKind = (cluster, target) =>
  linkFault(cluster, target, { toxics: [blackHole('upstream'), blackHole('downstream')], broken: isSilent })

/** The same for every link between groups of nodes, target `n1|n2,n3` or `minority|majority` (FI-7, NF-8). */
export const linkPartition: FaultKind = linkCut

/** What is sent from `from` arrives, the answers do not. */
export const linkCutOneWay: FaultKind = (cluster, target) =>
  linkFault(cluster, target, { toxics: [blackHole('downstream')], broken: getsNoAnswer, look: lookOneWay })

/** Every connection on the link is torn down with a TCP reset, new ones too, until it is healed. */
export const linkReset: FaultKind = (cluster, target) =>
  linkFault(cluster, target, {
    toxics: [{ name: 'reset', type: 'reset_peer', stream: 'downstream', attributes: { timeout: 0 } }],
    broken: ({ answer }) =>
      answer === 'closed'
        ? seen('a connection is reset, one beside it is not')
        : unseen(`a request through the link is ${answer}`),
  })

/** Answers come `delayMs` late, give or take `jitterMs`. */
export const linkLatency: FaultKind = (cluster, target, options) => {
  const delayMs = numberOption(options, 'delayMs')
  const jitterMs = numberOption(options, 'jitterMs', 0)
  const leastMs = 0.8 * (delayMs - jitterMs)
  return linkFault(cluster, target, {
    toxics: [
      { name: 'late', type: 'latency', stream: 'downstream', attributes: { latency: delayMs, jitter: jitterMs } },
    ],
    probeWithinMs: (delayMs + jitterMs) * 2 + 500,
    slowMs: leastMs,
    broken({ answer, tookMs }, before) {
      const roseMs = tookMs - before.tookMs
      const said = `a request takes ${tookMs.toFixed(0)} ms, before ${before.tookMs.toFixed(0)} ms`
      return answer === 'answered' && roseMs >= leastMs ? seen(said) : unseen(said)
    },
  })
}
