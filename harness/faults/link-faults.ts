import type { Cluster } from '../drivers/cluster.ts'
import type { Link, ToxicWish } from '../drivers/links.ts'
import { systemClock } from '../platform/clock.ts'
import { type CanaryResult, canary } from './canary.ts'
import { type Fault, type FaultKind, numberOption, seen, unseen, type Witness, witnessWithin } from './fault.ts'

const witnessWithinMs = 2_000
const healthyWithinMs = 5_000

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

const probe = (link: Link, withinMs = 500) => canary(link.port, { request: requestsFor(link).plain, withinMs })

/** What the link can do when nothing else holds the machine up: one slow look must not hide the fault. */
async function bestOfThree(link: Link): Promise<CanaryResult> {
  const looks = [await probe(link), await probe(link), await probe(link)]
  const answered = looks.filter(({ answer }) => answer === 'answered')
  return answered.sort((a, b) => a.tookMs - b.tookMs)[0] ?? looks[0]!
}

/** The same request by a way of its own: shows that the target is well and only the link is not. */
async function control(cluster: Cluster, link: Link): Promise<CanaryResult> {
  return probe(await linkOf(cluster, `witness->${link.to}`))
}

interface LinkFault {
  toxics: ToxicWish[]
  /** Looks at the broken link, where a plain request would not tell enough. */
  look?(link: Link): Promise<CanaryResult>
  /** Judges a request through the broken link, given one from before. */
  broken(now: CanaryResult, before: CanaryResult): Witness
  probeWithinMs?: number
  /** An answer that comes this much later than before is not healthy yet. */
  slowMs?: number
}

/** What a link had carried when the last fault on it was over: the canaries' own bytes do not make it a used one. */
const ownBytes = new WeakMap<Link, number>()

/** The common shape: toxics on one link, a canary through it and a control beside it. A link that carried nothing before was nobody's. */
function linkFault(
  cluster: Cluster,
  target: string,
  { toxics, broken, probeWithinMs = 500, slowMs = Number.POSITIVE_INFINITY, look }: LinkFault,
): Fault {
  let link: Link
  let before: CanaryResult
  let wasUsed = false
  return {
    async inject() {
      link = await linkOf(cluster, target)
      wasUsed = await cluster.links.isUsed(link.name, ownBytes.get(link) ?? 0)
      before = await bestOfThree(link)
      for (const toxic of toxics) await link.addToxic(toxic)
    },
    async witnessOn() {
      if (!wasUsed) return unseen(`nobody uses ${link.name}: it carried nothing before the fault`)
      if (before.answer !== 'answered')
        return unseen(`${link.name} did not answer before the fault either (${before.answer})`)
      const lookAgain = async () => {
        const now = await (look ? look(link) : probe(link, probeWithinMs))
        const beside = await control(cluster, link)
        if (beside.answer !== 'answered')
          return unseen(`${link.to} does not answer beside ${link.name} either (${beside.answer})`)
        return broken(now, before)
      }
      return witnessWithin(witnessWithinMs, lookAgain, systemClock.sleep)
    },
    async heal() {
      for (const { name } of toxics) await link.removeToxic(name)
    },
    async witnessOff() {
      const look = async () => {
        const { answer, tookMs } = await probe(link)
        return answer === 'answered' && tookMs - before.tookMs < slowMs
          ? seen(`a request through ${link.name} is answered in ${tookMs.toFixed(0)} ms`)
          : unseen(`a request through ${link.name} is ${answer}`)
      }
      const witness = await witnessWithin(healthyWithinMs, look, systemClock.sleep)
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
