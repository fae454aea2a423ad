import { checkers } from '../../checkers/index.ts'
import { toHistory } from '../../history/history.ts'
import type { HistoryEvent } from '../../history/operation.ts'
import { systemClock as clock } from '../../platform/clock.ts'
import { seededRandom } from '../../platform/random.ts'
import { figureOf } from '../../stats/figures.ts'
import { judge } from '../../verdict/checker.ts'
import type { Porcupine, TimedOutcome } from './porcupine.ts'
import { purchasesHistory } from './purchases.ts'

export interface ContestResult {
  what: string
  histories: number
  /** Number of histories with the same verdict from both, other than `unknown`. */
  agreed: number
  /** Number of histories with different verdicts, neither of them `unknown`. */
  contradicted: number
  /** Number of violations that our checker found. */
  violated: number
  /** Number of histories for which Porcupine ran out of time. */
  gaveUp: number
  oursMs: number
  porcupineMs: number
}

const checker = checkers['purchases-linearizable']!
const smallHistories = 1_000
/** The median is used, because the first passes run before the checker is compiled. */
const passesOfOurs = 5

/** All outcomes known, some unknown, and a shop that oversells. */
const kindsOfLarge = [
  { unsurePercent: 0, oversoldPercent: 0 },
  { unsurePercent: 10, oversoldPercent: 0 },
  { unsurePercent: 10, oversoldPercent: 20 },
]

/** Returns linearizable and non-linearizable histories, with few and with many concurrent purchases. */
export function purchaseHistories(seed: number): Record<string, HistoryEvent[][]> {
  const random = seededRandom(seed)
  const small = Array.from({ length: smallHistories }, (_, n) =>
    purchasesHistory({
      operations: random.integer(2, 16),
      concurrent: random.integer(1, 6),
      initialCount: random.integer(1, 6),
      oversoldUnits: 0,
      unsurePercent: 10,
      wrongPercent: n % 2 === 0 ? 0 : 15,
      seed: seed + n,
    }),
  )
  const large = (operations: number) =>
    kindsOfLarge.map(({ unsurePercent, oversoldPercent }) =>
      purchasesHistory({
        operations,
        concurrent: operations,
        initialCount: operations / 2,
        oversoldUnits: (operations * oversoldPercent) / 100,
        unsurePercent,
        wrongPercent: 0,
        seed,
      }),
    )
  return { '1,000 random histories': small, '200 at the same time': large(200), '2,000 at the same time': large(2_000) }
}

/** Checks the same histories with our checker and with Porcupine. */
export function contestOfPurchases(porcupine: Porcupine, seed: number): ContestResult[] {
  return Object.entries(purchaseHistories(seed)).map(([what, histories]) => {
    const passes = Array.from({ length: passesOfOurs }, () => histories.map(timed))
    const [ours, theirs] = [passes[0]!, porcupine(histories)]
    const countOf = (isCounted: (own: string, other: string) => boolean) =>
      ours.filter(({ outcome }, n) => isCounted(outcome, theirs[n]!.outcome)).length
    return {
      what,
      histories: histories.length,
      agreed: countOf((own, other) => own !== 'unknown' && own === other),
      contradicted: countOf((own, other) => own !== 'unknown' && other !== 'unknown' && own !== other),
      violated: countOf((own) => own === 'violated'),
      gaveUp: countOf((_own, other) => other === 'unknown'),
      oursMs: figureOf(passes.map(sumMs)).median,
      porcupineMs: sumMs(theirs),
    }
  })
}

function timed(events: readonly HistoryEvent[]): TimedOutcome {
  const startedMs = clock.monotonicMs()
  const { outcome } = judge(checker, toHistory(events))
  return { outcome, tookMs: clock.monotonicMs() - startedMs }
}

const sumMs = (all: readonly TimedOutcome[]) => all.reduce((sum, { tookMs }) => sum + tookMs, 0)
