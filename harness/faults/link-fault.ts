import type { Cluster } from '../drivers/cluster.ts'
import type { Link, ToxicWish } from '../drivers/links.ts'
import { systemClock } from '../platform/clock.ts'
import { askBeside, slowestMs } from './beside.ts'
import { type CanaryResult, canary } from './canary.ts'
import { type Fault, inARow, seen, unseen, type Witness, witnessWithin } from './fault.ts'

const defaultWitnessMs = 2_000
const defaultProbeMs = 500
const healthyWithinMs = 10_000
/** What is judged by ms has to be seen so often in a row. */
const looksByTime = 2
/** Long enough to find the machine quiet for two looks. */
const witnessByTimeMs = 6_000

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
export const requestsFor = ({ to }: Link) => (to === 'db' || to === 'redis' ? requests[to] : requests.node)

type Ask = (link: Link, withinMs?: number) => Promise<CanaryResult>
const probe: Ask = (link, withinMs = defaultProbeMs) =>
  canary(link.port, { request: requestsFor(link).plain, withinMs })

/** What the link can do when nothing else holds the machine up: one slow look must not hide the fault. */
async function bestOfThree(ask: Ask, link: Link): Promise<CanaryResult> {
  const looks = [await ask(link), await ask(link), await ask(link)]
  const answered = looks.filter(({ answer }) => answer === 'answered')
  return answered.sort((a, b) => a.tookMs - b.tookMs)[0] ?? looks[0]!
}

interface LinkFault {
  toxics: ToxicWish[]
  /** The request that is timed. Default: the smallest that is answered. */
  ask?: Ask
  /** Looks at the broken link, where that request would not tell enough. */
  look?: Ask
  /** Judges a request through the broken link, given what one took before and the slowest of those beside it. */
  broken(now: CanaryResult, beforeMs: number, besideMs: number): Witness
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

/**
 * The common shape: toxics on one link, and a canary through it. The same requests by a way of their own, as long as it is out, show
 * that the target is well and only the link is not. A link that carried nothing before was nobody's.
 */
export function linkFault(cluster: Cluster, target: string, options: LinkFault): Fault {
  const { toxics, ask = probe, look = ask, broken } = options
  const { probeWithinMs = defaultProbeMs, slowMs = Number.POSITIVE_INFINITY, quickLooks = 1 } = options
  const isByTime = slowMs < Number.POSITIVE_INFINITY
  const brokenLooks = isByTime ? looksByTime : 1
  const { witnessMs = isByTime ? witnessByTimeMs : defaultWitnessMs } = options
  let link: Link
  let control: Link
  let before: CanaryResult
  let wasUsed = false

  async function isBroken(): Promise<Witness> {
    const looking = look(link, probeWithinMs)
    const beside = await askBeside(looking, () => ask(control), systemClock)
    const failed = beside.find(({ answer }) => answer !== 'answered')
    if (failed) return unseen(`${link.to} does not answer beside ${link.name} either (${failed.answer})`)
    return broken(await looking, before.tookMs, slowestMs(beside))
  }

  async function isHealthy(): Promise<Witness> {
    for (let left = quickLooks; ; left -= 1) {
      const { answer, tookMs } = await ask(link)
      const said = `a request through ${link.name} is ${answer} after ${tookMs.toFixed(0)} ms`
      if (answer !== 'answered' || tookMs - before.tookMs >= slowMs) return unseen(said)
      if (left === 1) return seen(said)
    }
  }

  return {
    async inject() {
      link = await linkOf(cluster, target)
      control = await linkOf(cluster, `witness->${link.to}`)
      wasUsed = await cluster.links.isUsed(link.name, ownBytes.get(link) ?? 0)
      before = await bestOfThree(ask, link)
      for (const toxic of toxics) await link.addToxic(toxic)
    },
    async witnessOn() {
      if (!wasUsed) return unseen(`nobody uses ${link.name}: it carried nothing before the fault`)
      if (before.answer !== 'answered')
        return unseen(`${link.name} did not answer before the fault either (${before.answer})`)
      return witnessWithin(witnessMs, () => inARow(brokenLooks, isBroken), systemClock)
    },
    async heal() {
      for (const { name } of toxics) await link.removeToxic(name)
    },
    async witnessOff() {
      const witness = await witnessWithin(healthyWithinMs, isHealthy, systemClock)
      ownBytes.set(link, await cluster.links.bytes(link.name))
      return witness
    },
  }
}
