import { type Fate, ledger, reordered } from '../../history/ledger.ts'
import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'

/** Every message arrives once or not at all, in the order of its publisher, and every loss is explained by something witnessed (AM-1, AM-3..6). */
export const atMostOnce: Checker = {
  name: 'at-most-once',
  invariant:
    'no message arrives twice, none is lost without a witnessed reason on its way, none is kept and sent later, none overtakes another of its publisher',
  check(history) {
    const lines = ledger(history)
    if (lines.length === 0) return unknown('no message was published to anybody, so nothing was tested')
    const byFate = Map.groupBy(lines, ({ fate }) => fate)
    const withFate = (fate: Fate) => byFate.get(fate) ?? []
    const [duplicate, unexplained, disorder] = [withFate('duplicate'), withFate('lost-unexplained'), reordered(history)]
    const evidence = Object.fromEntries([...byFate].map(([fate, own]) => [fate, own.length]))
    if (duplicate[0])
      return violated(`duplicate: ${said(duplicate[0])} arrived ${duplicate[0].count} times`, {
        ...evidence,
        first: duplicate[0],
      })
    if (unexplained[0])
      return violated(`lost-unexplained: ${said(unexplained[0])} never arrived`, { ...evidence, first: unexplained[0] })
    const [stranger] = withFate('non-member')
    if (stranger)
      return violated(`non-member: ${said(stranger)} arrived though it was not joined`, {
        ...evidence,
        first: stranger,
      })
    const [late] = withFate('late')
    if (late)
      return violated(
        `late: ${said(late)} was sent where nothing is kept (a cut link, a killed Redis) and arrived after that was healed`,
        {
          ...evidence,
          first: late,
        },
      )
    if (disorder[0])
      return violated(`reordered: ${disorder[0].subscriber} saw ${disorder[0].seq} after ${disorder[0].after}`, {
        first: disorder[0],
      })
    if (withFate('once').length === 0)
      return unknown('not one message arrived, so nothing shows that messages can arrive', evidence)
    return passed(`${count(lines.length, 'delivery', 'deliveries')}, no duplicate, every loss explained`, evidence)
  },
}

const said = ({ publisher, seq, subscriber }: { publisher: string; seq: number; subscriber: string }) =>
  `message ${seq} of ${publisher} to ${subscriber}`
