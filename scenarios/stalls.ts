import { longestStallIn, type ScenarioContext } from '../harness/index.ts'

const askEveryMs = 50
/** Less is the noise of any machine. */
const noiseMs = 50
/** Half of what a client waits for the answer to its heartbeat before it gives the connection up. */
const silentMs = 500

/** How long the machine stood still while somebody watched. */
interface Stalls {
  totalMs: number
  longestMs: number
}

const none: Stalls = { totalMs: 0, longestMs: 0 }
const stallsOf = ({ scratch }: Pick<ScenarioContext, 'scratch'>) =>
  (scratch.get('stalls') as Stalls | undefined) ?? none

/**
 * Asks a node again and again, on its control port, while the work goes on. The answer has nothing to do with what the scenario is about:
 * when it is late, the machine stood still, and what else was late or silent then proves nothing (see `mustTakeAtMost`, `mustBeConnected`).
 * Without a node it watches only whether this process gets its turns: for a scenario about a node that may itself be too busy to answer.
 */
export async function watchingStalls<T>(
  { cluster, clock, scratch, wasStarved }: Pick<ScenarioContext, 'cluster' | 'clock' | 'scratch' | 'wasStarved'>,
  node: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const control = node === undefined ? undefined : cluster.node(node).control
  const startedMs = clock.monotonicMs()
  let isOver = false
  async function watch() {
    while (!isOver) {
      const askedMs = clock.monotonicMs()
      await control?.ready().catch(() => {})
      await clock.sleep(askEveryMs)
      const lateMs = clock.monotonicMs() - askedMs - askEveryMs
      const { totalMs, longestMs } = stallsOf({ scratch })
      if (lateMs > noiseMs) scratch.set('stalls', { totalMs: totalMs + lateMs, longestMs: Math.max(longestMs, lateMs) })
    }
  }
  const watching = watch()
  try {
    return await work()
  } finally {
    isOver = true
    await watching
    // The operating system knows of many short waits, none of which is long enough to make a question late.
    const watchedMs = clock.monotonicMs() - startedMs
    const { totalMs, longestMs } = stallsOf({ scratch })
    if (wasStarved(watchedMs)) scratch.set('stalls', { totalMs: Math.max(totalMs, watchedMs), longestMs })
  }
}

const measuresMax = 3

/**
 * Measures how long something takes while `watchingStalls` looks on, for `mustTakeAtMost` with the same limit. Where the machine stood still for
 * so much of it that nothing would be proven, it is measured again, a few times. `measure` takes the number of the measurement, from 1.
 */
export async function measuredMs(
  context: Parameters<typeof watchingStalls>[0],
  node: string | undefined,
  limitMs: number,
  measure: (n: number) => Promise<number>,
): Promise<number> {
  for (let n = 1; ; n += 1) {
    context.scratch.delete('stalls')
    const tookMs = await watchingStalls(context, node, () => measure(n))
    const isExcused = tookMs > limitMs && tookMs - stallsOf(context).totalMs <= limitMs
    if (!isExcused || n === measuresMax) return tookMs
  }
}

/** Throws the sentence when it took too long though the machine did not stand still meanwhile; with stalls, nothing is proven. */
export function mustTakeAtMost(
  context: Pick<ScenarioContext, 'scratch' | 'notReached'>,
  tookMs: number,
  limitMs: number,
  sentence: string,
) {
  if (tookMs <= limitMs) return
  const { totalMs } = stallsOf(context)
  if (tookMs - totalMs <= limitMs)
    context.notReached(`${sentence}, but the machine stood still for ${ms(totalMs)} of it`)
  throw new Error(sentence)
}

/** Throws the sentence when one of them lost a connection, unless the machine stood still for so long that a client may give it up. */
export function mustBeConnected(
  context: Pick<ScenarioContext, 'scratch' | 'notReached' | 'recorder'>,
  isMeant: (who: string) => boolean,
  sentence: (who: string, times: number) => string,
) {
  const lost = context.recorder.events.filter(({ type, who }) => type === 'disconnect' && isMeant(who))
  if (lost.length === 0) return
  const longestMs = longestStallMs(context)
  const said = sentence(lost[0]!.who, lost.length)
  if (longestMs >= silentMs) context.notReached(`${said}, but the machine stood still for ${ms(longestMs)} at once`)
  throw new Error(said)
}

/** While it was watched, and as the run has seen it. */
const longestStallMs = (context: Pick<ScenarioContext, 'scratch' | 'recorder'>) =>
  Math.max(stallsOf(context).longestMs, longestStallIn(context.recorder.events))

/**
 * Throws the sentence when somebody did not hear or keep what they should have, unless they may rightly have missed it: their connection was
 * lost, or something stood still for so long that it may have been given up by the others.
 */
export function mustHaveHeard(
  context: Pick<ScenarioContext, 'scratch' | 'notReached' | 'recorder'>,
  hasHeard: boolean,
  isMeant: (who: string) => boolean,
  sentence: string,
) {
  if (hasHeard) return
  provesNothingIfLost(context, isMeant, sentence)
  const longestMs = longestStallMs(context)
  if (longestMs >= silentMs) context.notReached(`${sentence}, but the machine stood still for ${ms(longestMs)} at once`)
  throw new Error(sentence)
}

/** The same for what somebody was told or did too often: only who has lost a connection does it again, however long something stood still. */
export function mustNotRepeat(
  context: Pick<ScenarioContext, 'notReached' | 'recorder'>,
  isRight: boolean,
  isMeant: (who: string) => boolean,
  sentence: string,
) {
  if (isRight) return
  provesNothingIfLost(context, isMeant, sentence)
  throw new Error(sentence)
}

function provesNothingIfLost(
  { recorder, notReached }: Pick<ScenarioContext, 'notReached' | 'recorder'>,
  isMeant: (who: string) => boolean,
  sentence: string,
) {
  const lost = recorder.events.find(({ type, who }) => type === 'disconnect' && isMeant(who))
  if (lost) notReached(`${sentence}, but ${lost.who} had lost its connection`)
}

const heardWithinMs = 15_000

/** The clients of `listenEverywhere`. */
export const isListener = (who: string) => who.startsWith('listener-') || who.startsWith('more-')

/** Waits until everybody has heard something; fails as `mustHaveHeard` does. */
export const hears = (
  context: Pick<ScenarioContext, 'scratch' | 'notReached' | 'recorder' | 'until'>,
  what: string,
  isMeant: (who: string) => boolean,
  ask: () => boolean,
) =>
  context.until(what, heardWithinMs, ask).catch(({ message }: Error) => mustHaveHeard(context, false, isMeant, message))

/** The same for all but those who were to lose their connection, each of them once. */
export function mustLoseOnce(context: Parameters<typeof mustBeConnected>[0], meant: readonly string[]) {
  const timesLost = (who: string) =>
    context.recorder.events.filter((one) => one.type === 'disconnect' && one.who === who).length
  const kept = meant.find((who) => timesLost(who) === 0)
  if (kept !== undefined) throw new Error(`${kept} was not disconnected`)
  mustBeConnected(
    context,
    (who) => !meant.includes(who) || timesLost(who) > 1,
    (who) => `${who} was disconnected${meant.includes(who) ? ' more than once' : ' too'}`,
  )
}

const ms = (n: number) => `${Math.round(n)} ms`

/**
 * How often one was sent an event in each of its joins: a client that joins again, on its connection or on a new one, is rightly told the
 * state again.
 */
export function receivedPerJoin({ recorder }: Pick<ScenarioContext, 'recorder'>, who: string, event: string): number[] {
  const counts = new Map<string, number>()
  let connection = 0
  for (const one of recorder.events) {
    if (one.who !== who) continue
    if (one.type === 'connect') connection += 1
    const key = `${connection} ${one.topic} ${one.joinRef}`
    if (one.type === 'receive' && one.event === event) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts.values()]
}

/** Throws the sentence when it is not right, unless the machine stood still for so long that timers prove nothing. */
export function mustBeRight(
  context: Pick<ScenarioContext, 'scratch' | 'notReached'>,
  isRight: boolean,
  sentence: string,
  excusedByMs: number,
) {
  if (isRight) return
  const { totalMs } = stallsOf(context)
  if (totalMs >= excusedByMs)
    context.notReached(`${sentence}, but the machine stood still for ${ms(totalMs)} meanwhile`)
  throw new Error(sentence)
}
