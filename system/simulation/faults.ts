import type { Broadcast, TamperRule } from '../pubsub/index.ts'
import type { Cluster } from './cluster.ts'
import type { Link } from './network.ts'
import type { SimulatedNode } from './node.ts'
import type { Response } from './requests.ts'

export interface Witness {
  seen: boolean
  why: string
}

/** A fault of a simulated cluster; the witnesses look from outside its own code path, as those of a live one do. */
export interface SimulatedFault {
  inject(): void | Promise<void>
  witnessOn(): Promise<Witness>
  heal(): void | Promise<void>
  witnessOff(): Promise<Witness>
}

type Options = Readonly<Record<string, unknown>>
type FaultKind = (cluster: Cluster, target: string, options: Options) => SimulatedFault

const lookEveryMs = 50
const probeWithinMs = 500
const backWithinMs = 20_000

/** Looks until it is seen, or for so long. */
async function within({ clock }: Cluster, withinMs: number, look: () => Promise<Witness> | Witness): Promise<Witness> {
  const deadlineMs = clock.monotonicMs() + withinMs
  for (;;) {
    const witness = await look()
    if (witness.seen || clock.monotonicMs() >= deadlineMs) return witness
    await clock.sleep(lookEveryMs)
  }
}

const said = (seen: boolean, why: string): Witness => ({ seen, why })

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
  (breakageOf: (options: Options) => LinkBreakage): FaultKind =>
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

const linkCut = linkFault(() => ({
  breakIt: ({ network }, link) => network.cut(link, ['there', 'back']),
  mend: ({ network }, link) => network.mend(link),
  expected: isSilent,
}))

const linkCutOneWay = linkFault(() => ({
  breakIt: ({ network }, link) => network.cut(link, ['back']),
  mend: ({ network }, link) => network.mend(link),
  expected: isSilent,
}))

const linkReset = linkFault(() => ({
  breakIt: ({ network }, link) => network.reset(link),
  mend(_cluster, link) {
    link.isResetting = false
  },
  expected: ({ kind }) => kind === 'refused',
}))

const linkLatency = linkFault(({ delayMs, jitterMs = 0 }) => {
  const [lateMs, spreadMs] = [Number(delayMs), Number(jitterMs)]
  return {
    breakIt: (_cluster, link) => void Object.assign(link, { lateMs, jitterMs: spreadMs }),
    mend: (_cluster, link) => void Object.assign(link, { lateMs: 0, jitterMs: 0 }),
    expected: ({ kind }, tookMs) => kind === 'answered' && tookMs >= 0.8 * (lateMs - spreadMs),
    withinMs: (lateMs + spreadMs) * 3 + probeWithinMs,
  }
})

/** The common shape of what happens to a whole node: what a request to it is like tells. */
const nodeFault =
  (
    hit: (node: SimulatedNode) => void | Promise<void>,
    mend: (cluster: Cluster, node: SimulatedNode) => void | Promise<void>,
    expected: Response['kind'],
  ): FaultKind =>
  (cluster, target) => ({
    inject: () => hit(cluster.node(target)),
    async witnessOn() {
      const { kind } = await cluster.ask(target, { do: 'health' }, probeWithinMs)
      return said(kind === expected, `a request to ${target} is ${kind}`)
    },
    heal: () => mend(cluster, cluster.node(target)),
    witnessOff: () =>
      within(cluster, backWithinMs, async () => {
        const { kind } = await cluster.ask(target, { do: 'health' }, probeWithinMs)
        const isReady = kind === 'answered' && cluster.node(target).isReady()
        return said(isReady, `a request to ${target} is ${kind}, and it is ${isReady ? '' : 'not '}ready`)
      }),
  })

const restart = (cluster: Cluster, { name }: SimulatedNode) => cluster.start(name)

/** A statement of the witness's own. */
async function statement({ database, clock }: Cluster, sql: string): Promise<string> {
  try {
    const backend = database.connect()
    const silence = clock.sleep(probeWithinMs).then(() => 'nothing')
    const answer = backend.execute(sql, []).then(() => 'done')
    const what = await Promise.race([answer, silence])
    backend.close()
    return what
  } catch (error) {
    return (error as Error).message
  }
}

const dbFault =
  (hit: (cluster: Cluster) => void, mend: (cluster: Cluster) => void, sql = 'select 1'): FaultKind =>
  (cluster) => {
    const look = async (isBroken: boolean) => {
      const what = await statement(cluster, sql)
      return said((what !== 'done') === isBroken, `a direct statement: ${what}`)
    }
    return {
      inject: () => hit(cluster),
      witnessOn: () => look(true),
      heal: () => mend(cluster),
      witnessOff: () => within(cluster, backWithinMs, () => look(false)),
    }
  }

/** Statements take this much longer; one of the witness's own is timed. */
const dbSlow: FaultKind = (cluster, _target, { delayMs }) => {
  const slowMs = Number(delayMs)
  const look = async (isSlow: boolean) => {
    const startedMs = cluster.clock.monotonicMs()
    const what = await statement(cluster, 'select 1')
    const tookMs = cluster.clock.monotonicMs() - startedMs
    return said(what === 'done' && tookMs >= slowMs === isSlow, `a direct statement: ${what} after ${tookMs} ms`)
  }
  return {
    inject: () => cluster.database.setSlow(slowMs),
    witnessOn: () => look(true),
    heal: () => cluster.database.setSlow(0),
    witnessOff: () => look(false),
  }
}

/** The links that a fault is made of: of `n1|n2,n3` every one between the two groups, both ways. */
export function partsOf(target: string): string[] {
  const [one = '', other] = target.split('|')
  if (other === undefined) return [target]
  const pairs = one.split(',').flatMap((here) => other.split(',').map((there) => [here, there]))
  return pairs.flatMap(([here, there]) => [`${here}->${there}`, `${there}->${here}`])
}

/** Groups of nodes that do not reach each other (NF-8). */
const linkPartition: FaultKind = (cluster, target, options) => {
  const cuts = partsOf(target).map((link) => linkCut(cluster, link, options))
  const all = async (looks: Promise<Witness>[]) => {
    const witnesses = await Promise.all(looks)
    return said(
      witnesses.every(({ seen }) => seen),
      witnesses.map(({ why }) => why).join('; '),
    )
  }
  return {
    inject: () => void cuts.map((cut) => cut.inject()),
    witnessOn: () => all(cuts.map((cut) => cut.witnessOn())),
    heal: () => void cuts.map((cut) => cut.heal()),
    witnessOff: () => all(cuts.map((cut) => cut.witnessOff())),
  }
}

/** The event loop of a node is busy, and goes on by itself (FI-11). */
const nodeBlock: FaultKind = (cluster, target, { forMs }) => {
  const { machine } = cluster.node(target)
  const look = async (kind: Response['kind']) => {
    const answer = await cluster.ask(target, { do: 'health' }, probeWithinMs)
    return said(answer.kind === kind, `a request to ${target} is ${answer.kind}`)
  }
  return {
    inject() {
      machine.pause()
      cluster.clock.after(Number(forMs), machine.resume)
    },
    witnessOn: () => look('silent'),
    heal() {},
    witnessOff: () => within(cluster, backWithinMs, () => look('answered')),
  }
}

const clockSkew: FaultKind = (cluster, target, { skewMs }) => {
  const look = async (expectedMs: number) => {
    const aheadMs = (await cluster.node(target).signedAtS()) * 1_000 - cluster.clock.now()
    return said(Math.abs(aheadMs - expectedMs) <= 2_000, `${target} signs for a time ${aheadMs} ms from ours`)
  }
  return {
    inject: () => cluster.node(target).clock.skew(Number(skewMs)),
    witnessOn: () => look(Number(skewMs)),
    heal: () => cluster.node(target).clock.skew(0),
    witnessOff: () => look(0),
  }
}

const actorKill: FaultKind = (cluster, target) => {
  const [nodeName = '', name = ''] = target.split('/')
  const { runtime } = cluster.node(nodeName)
  const find = () => runtime.actors().find((actor) => actor.name === name)
  const victim = find()
  const look = () =>
    within(cluster, backWithinMs, () => {
      const now = find()
      return said(now !== undefined && now.id !== victim?.id, `${name} was actor ${victim?.id}, now it is ${now?.id}`)
    })
  return { inject: () => victim?.kill(), witnessOn: look, heal: () => {}, witnessOff: look }
}

const connectionDrop: FaultKind = (cluster, target) => {
  const [nodeName = '', topic = ''] = target.split('/')
  const { endpoint } = cluster.node(nodeName)
  let dropped: string[] = []
  const there = () => endpoint.connections().filter(({ topics }) => topics.includes(topic))
  return {
    inject() {
      dropped = endpoint.dropConnections(topic)
    },
    async witnessOn() {
      const left = there().filter(({ id }) => dropped.includes(id))
      return said(
        dropped.length > 0 && left.length === 0,
        `${dropped.length} connections were dropped, ${left.length} stay`,
      )
    },
    heal() {},
    witnessOff: () =>
      within(cluster, backWithinMs, () =>
        said(there().length >= dropped.length, `${there().length} of ${dropped.length} connections are back`),
      ),
  }
}

type Deed = TamperRule['deed']
const tamperDelayMs = 400

/** What a subscriber of the target sees of two numbered messages from another node. */
const shows: Record<Deed, (numbers: string, tookMs: number) => boolean> = {
  drop: (numbers) => numbers === '',
  delay: (numbers, tookMs) => numbers === '1,2' && tookMs >= 0.8 * tamperDelayMs,
  duplicate: (numbers) => numbers === '1,1,2,2',
  reorder: (numbers) => numbers === '2,1',
}

async function probeMessages(cluster: Cluster, target: string, topic: string) {
  const { pubsub } = cluster.node(target)
  const sender = cluster.nodes().find(({ name, machine }) => name !== target && !machine.isGone())!
  const startedMs = cluster.clock.monotonicMs()
  const arrivals: number[] = []
  let tookMs = 0
  const subscriber = {
    deliver({ payload }: Broadcast) {
      arrivals.push((payload as { n: number }).n)
      tookMs = cluster.clock.monotonicMs() - startedMs
    },
  }
  pubsub.subscribe(topic, subscriber)
  for (const n of [1, 2]) sender.pubsub.broadcast(topic, 'probe', { n })
  await cluster.clock.sleep(tamperDelayMs + probeWithinMs)
  pubsub.unsubscribe(topic, subscriber)
  return { numbers: arrivals.join(), tookMs }
}

const messageFault =
  (deed: Deed): FaultKind =>
  (cluster, target, { topics }) => {
    const topic = `probe:${deed}`
    const rule: TamperRule = { deed, topics: [...(topics as string[]), topic], delayMs: tamperDelayMs }
    const look = async (fits: (numbers: string, tookMs: number) => boolean) => {
      const { numbers, tookMs } = await probeMessages(cluster, target, topic)
      return said(fits(numbers, tookMs), `of the messages 1,2 there came [${numbers}] after ${tookMs} ms`)
    }
    return {
      inject: () => cluster.node(target).adapter.tamper([rule]),
      witnessOn: () => look(shows[deed]),
      heal: () => cluster.node(target).adapter.tamper([]),
      witnessOff: () =>
        within(cluster, backWithinMs, () =>
          look((numbers, tookMs) => numbers === '1,2' && tookMs < 0.8 * tamperDelayMs),
        ),
    }
  }

/** Every fault that a simulation knows, by the name that a live run gives it (FI-1..FI-10). */
export const faults: Readonly<Record<string, FaultKind>> = {
  'actor.kill': actorKill,
  'clock.skew': clockSkew,
  'connection.drop': connectionDrop,
  'db.kill': dbFault(
    ({ database }) => database.kill(),
    ({ database }) => database.start(),
  ),
  'db.out-of-connections': dbFault(
    ({ database }) => database.setFull(true),
    ({ database }) => database.setFull(false),
  ),
  'db.pause': dbFault(
    ({ database }) => database.pause(),
    ({ database }) => database.resume(),
  ),
  'db.read-only': dbFault(
    ({ database }) => database.setReadOnly(true),
    ({ database }) => database.setReadOnly(false),
    'update products set position = position where false',
  ),
  'db.slow': dbSlow,
  'link.cut': linkCut,
  'link.cut-one-way': linkCutOneWay,
  'link.latency': linkLatency,
  'link.partition': linkPartition,
  'link.reset': linkReset,
  'messages.delay': messageFault('delay'),
  'messages.drop': messageFault('drop'),
  'messages.duplicate': messageFault('duplicate'),
  'messages.reorder': messageFault('reorder'),
  'node.block': nodeBlock,
  'node.kill': nodeFault((node) => node.kill(), restart, 'refused'),
  'node.pause': nodeFault(
    ({ machine }) => machine.pause(),
    (_cluster, { machine }) => machine.resume(),
    'silent',
  ),
  'node.stop': nodeFault((node) => node.stop(), restart, 'refused'),
}
