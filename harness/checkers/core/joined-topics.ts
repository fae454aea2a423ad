import type { History } from '../../history/history.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../verdict/checker.ts'

interface FinalJoins {
  connected: boolean
  expected: string[]
  joined: string[]
}

/** Who is connected is joined to all that it wants to hear (CH-108, CH-112, DF-4). */
export const joinedTopics: Checker = {
  name: 'joined-topics',
  invariant: 'after settling, every client is connected and joined to all of its topics',
  check: (history) => judgeJoins(history, () => true),
}

/** Judges the clients of some names. */
export function judgeJoins(history: History, isMeant: (who: string) => boolean): Verdict {
  const clients = history.finals<FinalJoins>('joined').filter(({ who }) => isMeant(who))
  if (clients.length === 0) return unknown('no client was looked at')
  for (const { who, value } of clients) {
    const joined = new Set(value.joined)
    const missing = value.expected.filter((topic) => !joined.has(topic))
    if (!value.connected) return violated(`not connected: ${who}`, { who })
    if (missing.length > 0)
      return violated(`connected but not joined: ${who} misses ${missing.join(', ')}`, { who, missing })
  }
  return passed(`${count(clients.length, 'client is', 'clients are')} joined to all topics`)
}
