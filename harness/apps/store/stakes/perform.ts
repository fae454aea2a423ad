import type { Injected } from '../../../context.ts'
import { type Hold, holdAt, requireHolds } from '../../../faults/hold.ts'
import type { FaultName } from '../../../faults/index.ts'
import { drawRounds, type Round, type Stake } from '../../../plans/cells.ts'
import { messageOf } from '../../../platform/plain-text.ts'
import { seededRandom } from '../../../platform/random.ts'
import { readyWithinMs } from '../../../timing.ts'
import { type Attempt, prepareAttempt, type StakeContext, type Supplies } from './attempts.ts'
import { ears, lookAt } from './look.ts'
import { findingOf, type StakeRecord } from './record.ts'
import { canJoin, faultOptions, inOrder, type Part, stakeFaults, stakeTable } from './table.ts'

/** A client gives its request up after a while, and a statement may take no longer: what is held for longer is at its point no more. */
const heldMostMs = 2_800
const reachedWithinMs = 2_000
const seenWithinMs = 10_000
const roundsPerScenario = 3
const stakesPerRound = 4
const draws = 4_096

/** In every run: whoever bought, and whoever just came, lose their node and go to the other one. */
const first: Round = {
  fault: 'node.kill n1',
  stakes: [
    { operation: 'buy', point: 'committed' },
    { operation: 'rejoin', point: 'asked' },
  ],
}

/** Draws the rounds of one scenario; a replay draws the same. Throws NotSupported where nothing can be held. */
export function drawStakes(context: StakeContext): Round[] {
  requireHolds(context.cluster.links)
  const numbers = Array.from({ length: draws }, (_, number) => number)
  const random = seededRandom(context.choose('stakes', numbers))
  return drawRounds(random, stakeTable.possible, {
    first,
    rounds: roundsPerScenario,
    perRound: stakesPerRound,
    fits: canJoin,
  })
}

/** Listeners to both products, one on each node, that join again by themselves. */
export async function openEars(context: StakeContext) {
  for (const [index, name] of ears.entries()) {
    const ear = await context.client(name, `n${index + 1}`, { socket: '/product_socket' })
    for (const id of [1, 2]) await ear.join(`product:${id}`)
  }
}

interface Held {
  stake: Stake
  attempt: Attempt
  /** Undefined when it did not get to its point. */
  hold: Hold | undefined
  end: Promise<string>
  heldSinceMs: number
  missed?: string
}

/**
 * Brings the operations of a round to their points, one after the other, breaks something under all of them, lets go of them, tries each
 * again on the other node, heals, and tries again on both. What is found in the end stands in the history, one `stake` for each.
 */
export async function performRound(
  context: StakeContext,
  { fault, stakes }: Round,
  number: number,
  supplies: Supplies,
) {
  const prepared: [Stake, Attempt][] = []
  try {
    for (const stake of inOrder(stakes)) {
      const name = `${number}-${stake.operation}-${stake.point}`
      prepared.push([stake, await prepareAttempt(stake, { context, supplies, name })])
    }
    await hitAll(context, fault, prepared)
  } finally {
    // Also after a round that failed: whoever stayed would be counted by the nodes and by nobody else.
    for (const [, attempt] of prepared) dismiss(attempt)
  }
}

function dismiss(attempt: Attempt) {
  attempt.giveUp()
  for (const tab of attempt.tabs()) tab.close()
}

async function hitAll(context: StakeContext, fault: string, prepared: readonly [Stake, Attempt][]) {
  const [kind, target] = fault.split(' ') as [FaultName, string]
  const hits = stakeFaults.find((one) => one.fault === fault)!.hits
  const held: Held[] = []
  await isQuiet(context)
  for (const [stake, attempt] of prepared) held.push(await bringToPoint(context, stake, attempt))
  noteWhoIsGone(context, held)
  const injected = await breakUnder(context, kind, target, held)
  if (mayTryElsewhere(hits)) await Promise.all(held.map(({ attempt }) => attempt.again('n2')))
  await injected.heal()
  await context.nemesis.healEverything()
  await allAreBack(context)
  await Promise.all(held.map(({ end }) => end))
  for (const { attempt } of held) attempt.giveUp()
  for (const node of ['n2', 'n1']) await Promise.all(held.map(({ attempt }) => attempt.again(node, true)))
  await record(context, held, fault)
}

/** What was told while it was prepared has gone out: else the first bytes with the text could be of that. */
async function isQuiet({ cluster, until }: StakeContext) {
  await until('nothing is under way', reachedWithinMs, async () => {
    const states = await Promise.all(cluster.nodes.map(({ control }) => control.state()))
    return states.every(({ holds: { pending, peerBytes } }) => peerBytes + (pending.unsentChanges ?? 0) === 0)
  }).catch(() => {})
}

async function bringToPoint(context: StakeContext, stake: Stake, attempt: Attempt): Promise<Held> {
  const hold = await holdAt(context, attempt.hold)
  const end = attempt.begin().catch((error: Error) => messageOf(error))
  try {
    await hold.reached(reachedWithinMs)
    return { stake, attempt, hold, end, heldSinceMs: context.clock.monotonicMs() }
  } catch (error) {
    await hold.release()
    return { stake, attempt, hold: undefined, end, heldSinceMs: 0, missed: messageOf(error) }
  }
}

function noteWhoIsGone({ clock }: StakeContext, held: readonly Held[]) {
  for (const one of held)
    if (one.hold && clock.monotonicMs() - one.heldSinceMs > heldMostMs)
      one.missed = 'the machine was too slow to hit it'
}

/** A node that is to stop waits for what is held: it is let go of when the node has begun to stop. */
async function breakUnder(context: StakeContext, kind: FaultName, target: string, held: readonly Held[]) {
  const release = () => Promise.all(held.map(({ hold }) => hold?.release()))
  if (kind !== 'node.stop') {
    const injected = await context.nemesis.inject(kind, target, faultOptions[kind])
    await release()
    return injected
  }
  const { log } = context.cluster.node(target)
  const drains = () => log().split('node drains').length
  const before = drains()
  const stopping = context.nemesis.inject(kind, target)
  await context.until(`${target} drains`, reachedWithinMs, () => drains() > before).catch(() => {})
  await release()
  return (await stopping) as Injected
}

/** The other node, its database and the way to it are well. */
const mayTryElsewhere = (hits: Part) => hits === 'node' || hits === 'clientLink' || hits === 'dbLink' || hits === 'mesh'

const allAreBack = ({ cluster, until }: StakeContext) =>
  until('the nodes are ready and see each other', readyWithinMs, async () => {
    const states = await Promise.all(cluster.nodes.map(({ control }) => control.ready()))
    return states.every(({ ready, peers }) => ready && Object.values(peers ?? {}).every((isThere) => isThere))
  })

/** Looks until all is as it must be, or the time is over: what is not so by then stands in the history, and is judged. */
async function record(context: StakeContext, held: readonly Held[], fault: string) {
  const look = async (): Promise<StakeRecord[]> => {
    const found = await lookAt(
      context,
      held.map(({ attempt }) => attempt),
    )
    return held.map(({ stake, attempt, missed }, index) => ({
      cell: `${stake.operation} at ${stake.point} under ${fault}`,
      ...(missed !== undefined && { missed }),
      answers: attempt.answers(),
      ...found[index],
    }))
  }
  let last = await look()
  const isWell = async () => {
    last = await look()
    return last.every((one) => findingOf(one) === undefined)
  }
  await context.until('all of it is seen', seenWithinMs, isWell).catch(() => {})
  for (const value of last) {
    context.recorder.record({ who: 'harness', type: 'read', operation: 'stake', value })
    const { cell, missed } = value
    context.recorder.record({
      who: 'harness',
      type: 'cell',
      operation: cell,
      ...(missed !== undefined && { error: missed }),
    })
  }
}
