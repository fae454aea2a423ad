import type { Cluster } from '../cluster/cluster.ts'
import type { Link, ToxicSpec } from '../cluster/links.ts'
import { NotSupported } from '../platform/errors.ts'
import { type CanaryResult, canary } from './canary.ts'
import { type Fault, unseen } from './fault.ts'
import { addedLatencyMs, type Pair } from './latency-witness.ts'
import type { Before, Requests, Signature } from './link-signatures.ts'
import { tcpCanary } from './tcp-canary.ts'

const defaultProbeMs = 500
const lastWithinMs = 1_000

async function linkOf(cluster: Cluster, target: string): Promise<Link> {
  const [from, to] = target.split('->')
  if (!from || !to) throw new Error(`a link is named from->to, but this is "${target}"`)
  return cluster.links.link(from, to, { forCanary: true })
}

/** What the other end of a link understands. A node of ours speaks HTTP on every port; what another one speaks is found out. */
const protocols = {
  db: { plain: 'database', last: 'database-cancel' },
  redis: { plain: 'redis', last: 'redis-quit' },
  node: { plain: 'http', last: 'http' },
} as const
const protocolOf = ({ to }: Link) => (to === 'db' || to === 'redis' ? protocols[to] : protocols.node)

/** Returns how one request through a link went. */
type Ask = (link: Link, withinMs: number) => Promise<CanaryResult>
const ask: Ask = (link, withinMs) => canary(link.port, { request: protocolOf(link).plain, withinMs })
const askLast: Ask = (link, withinMs) => canary(link.port, { request: protocolOf(link).last, withinMs })

const looksBefore = 3

/** The quickest of some requests: a machine that is busy must neither hide the fault nor look like one. */
async function lookBefore(through: Requests['through'], controlProbe: Requests['controlProbe']): Promise<Before> {
  const pairs: Pair[] = []
  let last: CanaryResult | undefined
  for (let left = looksBefore; left > 0; left -= 1) {
    const [now, control] = await Promise.all([through(), controlProbe()])
    if (now.answer === 'answered') pairs.push({ tookMs: now.tookMs, controlMs: control.tookMs })
    if (last?.answer !== 'answered') last = now
  }
  const { answer, bytes } = last!
  return { answer, bytes, addedMs: pairs.length > 0 ? addedLatencyMs(pairs) : 0 }
}

/** How to look through a link. */
interface Look {
  through(): Promise<CanaryResult>
  lastThrough(): Promise<CanaryResult>
}

/**
 * Chosen by what the link carries: a request that its other end answers, or else bytes that the proxy counts. Throws NotSupported where neither
 * shows anything, or where the fault shows in how long an answer takes and nothing answers.
 */
async function lookOf(cluster: Cluster, link: Link, options: LookOptions): Promise<Look> {
  const { ask: asks, isTimed, needsAnswer, withinMs } = options
  const spoken = { through: () => asks(link, withinMs), lastThrough: () => askLast(link, lastWithinMs) }
  const isBetweenNodes = cluster.nodes.some(({ name }) => name === link.from)
  if (cluster.secrets !== undefined || !isBetweenNodes || (await isAnswered(spoken.through))) return spoken
  const through = () => tcpCanary({ to: link.proxy ?? link, counts: () => countsOf(cluster, link), withinMs })
  if (isTimed) throw new NotSupported(`${link.name} carries no HTTP: nobody can see how long an answer takes on it`)
  if ((await through()).answer === 'uncounted')
    throw new NotSupported(
      `${link.name} carries no HTTP, and its Toxiproxy does not count bytes: nobody can see whether it is broken (start it with -proxy-metrics)`,
    )
  if (needsAnswer && !(await isReturned(through)))
    throw new NotSupported(
      `${link.name} carries no HTTP, and its other end sends nothing back to a probe: nobody can see whether answers pass`,
    )
  return { through, lastThrough: through }
}

/** Whether the other end of a link sends anything to whoever it does not know. */
async function isReturned(through: Look['through']): Promise<boolean> {
  for (let left = looksBefore; left > 0; left -= 1) if (((await through()).returnedBytes ?? 0) > 0) return true
  return false
}

/** Asked again, because a busy machine may be late. */
async function isAnswered(through: Look['through']): Promise<boolean> {
  for (let left = looksBefore; left > 0; left -= 1) if ((await through()).answer === 'answered') return true
  return false
}

interface LookOptions {
  ask: Ask
  isTimed: boolean
  needsAnswer: boolean
  withinMs: number
}

const countsOf = async ({ links }: Cluster, { name }: Link) => ({
  upstream: await links.counted(name, 'upstream'),
  downstream: await links.counted(name, 'downstream'),
})

interface LinkFault {
  toxics: ToxicSpec[]
  signature: Signature
  /** The request that is timed. Default: the smallest that is answered. */
  ask?: Ask
  probeWithinMs?: number
}

/** What a link had carried when the last fault on it was over: bytes of the canaries do not count as use. */
const ownBytes = new WeakMap<Link, number>()

/**
 * The common shape: toxics on one link, and a canary through it. Control probes on a link of their own show that the target is well and
 * only the link is not. A fault on a link that carried nothing before is not witnessed: nobody could feel it.
 */
export function linkFault(cluster: Cluster, target: string, options: LinkFault): Fault {
  const { toxics, signature, ask: asks = ask, probeWithinMs = defaultProbeMs } = options
  let link: Link
  let requests: Requests
  let wasUsed = false

  return {
    async inject() {
      link = await linkOf(cluster, target)
      const control = await linkOf(cluster, `witness->${link.to}`)
      wasUsed = await cluster.links.isUsed(link.name, ownBytes.get(link) ?? 0)
      const { through, lastThrough } = await lookOf(cluster, link, {
        ask: asks,
        isTimed: signature.isTimed === true,
        needsAnswer: signature.needsAnswer === true,
        withinMs: probeWithinMs,
      })
      const controlProbe = () => asks(control, probeWithinMs)
      requests = { through, lastThrough, controlProbe, before: await lookBefore(through, controlProbe) }
      for (const toxic of toxics) await link.addToxic(toxic)
    },
    async witnessOn() {
      if (!wasUsed) return unseen(`nobody uses ${link.name}: it carried nothing before the fault`)
      if (requests.before.answer !== 'answered')
        return unseen(`${link.name} did not answer before the fault either (${requests.before.answer})`)
      return signature.present(requests)
    },
    async heal() {
      for (const { name } of toxics) await link.removeToxic(name)
    },
    async witnessOff() {
      const witness = await signature.cleared(requests)
      ownBytes.set(link, await cluster.links.bytes(link.name))
      return witness
    },
  }
}
