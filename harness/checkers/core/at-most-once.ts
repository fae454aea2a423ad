import type { History } from '../../history/history.ts'
import { type Fate, type LedgerLine, ledger, reordered } from '../../history/ledger.ts'
import type { LedgerEntry } from '../../history/operation.ts'
import { redialMs } from '../../timing.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../verdict/checker.ts'
import { finding, worstFinding } from './manners/reasons.ts'

/** Every message arrives once or not at all, in the order of its publisher, and every loss is explained by something witnessed (AM-1, AM-3..6). */
export const atMostOnce: Checker = {
  name: 'at-most-once',
  invariant:
    'no message arrives twice, none is lost without a witnessed reason on its way, none is kept and sent later, none overtakes another of its publisher',
  check: (history) => judgeDeliveries(history, () => true),
}

/** Judges the messages of some publishers. */
export function judgeDeliveries(history: History, isMeant: (publisher: string) => boolean): Verdict {
  const lines = ledger(history).filter(({ publisher }) => isMeant(publisher))
  if (lines.length === 0) return unknown('no message was published to anybody, so nothing was tested')
  const byFate = Map.groupBy(lines, ({ fate }) => fate)
  const evidence = Object.fromEntries([...byFate].map(([fate, own]) => [fate, own.length]))
  const worst = worstFinding(
    findings.flatMap(
      ([fate, say]) => worstOf(history, byFate.get(fate) ?? [], (line) => `${fate}: ${say(line)}`, evidence) ?? [],
    ),
  )
  if (worst?.outcome === 'violated') return worst
  const [first] = reordered(history).filter(({ publisher }) => isMeant(publisher))
  if (first) return violated(`reordered: ${first.subscriber} saw ${first.seq} after ${first.after}`, { first })
  if (worst) return worst
  if (!byFate.has('once'))
    return unknown('not one message arrived, so nothing shows that messages can arrive', evidence)
  return passed(`${count(lines.length, 'delivery', 'deliveries')}, no duplicate, every loss explained`, evidence)
}

/** No machine is so slow that a message is altered, comes twice, or is kept behind a cut. */
const proofs: readonly Fate[] = ['altered', 'duplicate', 'late']

/**
 * Who stands still for long is taken for gone by its peers and clients, so that what is sent to it is lost, and hears in another order than
 * it was said what came meanwhile. Undefined where there is no such line.
 */
function worstOf(history: History, lines: readonly LedgerLine[], say: (line: LedgerLine) => string, evidence: object) {
  const [first] = lines
  if (!first) return undefined
  if (proofs.includes(first.fate)) return violated(say(first), { ...evidence, first })
  const sentMs = sendTimes(history)
  return worstFinding(
    lines.map((line) => {
      const atMs = sentMs.get(keyOf(line)) ?? 0
      return finding(history, say(line), atMs - redialMs, atMs + redialMs, { ...evidence, first: line })
    }),
  )
}

const keyOf = ({ publisher, seq }: LedgerEntry) => `${publisher}/${seq}`

const sendTimes = (history: History): ReadonlyMap<string, number> =>
  new Map(history.of('publish').map(({ value, tMs }) => [keyOf(value as LedgerEntry), tMs]))

const message = ({ publisher, seq, subscriber }: LedgerLine) => `message ${seq} of ${publisher} to ${subscriber}`

/** What no message may come to, the worst first. */
const findings: readonly [Fate, (line: LedgerLine) => string][] = [
  ['altered', (line) => `${message(line)} arrived with another content than it was sent with`],
  ['duplicate', (line) => `${message(line)} arrived ${line.count} times`],
  ['lost-unexplained', (line) => `${message(line)} never arrived`],
  ['non-member', (line) => `${message(line)} arrived though it was not joined`],
  [
    'late',
    (line) =>
      `${message(line)} was sent where nothing is kept (a cut link, a killed Redis) and arrived after that was healed`,
  ],
]
