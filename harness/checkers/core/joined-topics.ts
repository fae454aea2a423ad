import type { History } from '../../history/history.ts'
import { mannersOf, type NodeSettings } from '../../history/manners.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../verdict/checker.ts'

interface FinalJoins {
  connected: boolean
  expected: string[]
  joined: string[]
  heartbeatsMs?: number[]
}

/** Who is connected is joined to all that it wants to hear (CH-108, CH-112, DF-4). */
export const joinedTopics: Checker = {
  name: 'joined-topics',
  invariant:
    'after settling, every client is connected and joined to all of its topics, and every page says as often as it should that it is there',
  check: (history) => judgeJoins(history, () => true),
}

/** How often pages are told to say that they are there: one that does it rarely is noticed late when it is lost (CH-8). */
function pageHeartbeatMs(history: History): number | undefined {
  const [settings] = history.of('read', mannersOf.settings)
  return (settings?.value as NodeSettings | undefined)?.clientHeartbeatMs
}

/** Judges the clients of some names. */
export function judgeJoins(history: History, isMeant: (who: string) => boolean): Verdict {
  const told = pageHeartbeatMs(history)
  const clients = history.finals<FinalJoins>('joined').filter(({ who }) => isMeant(who))
  if (clients.length === 0) return unknown('no client was looked at')
  for (const { who, value } of clients) {
    const joined = new Set(value.joined)
    const missing = value.expected.filter((topic) => !joined.has(topic))
    if (!value.connected) return violated(`not connected: ${who}`, { who })
    if (missing.length > 0)
      return violated(`connected but not joined: ${who} misses ${missing.join(', ')}`, { who, missing })
  }
  const slow = clients.find(({ value }) => told !== undefined && value.heartbeatsMs?.some((one) => one !== told))
  if (slow)
    return violated(
      `slow heart: ${slow.who} says that it is there every ${slow.value.heartbeatsMs?.join(' and ')} ms, and its page was told ${told} ms`,
      {
        who: slow.who,
      },
    )
  return passed(`${count(clients.length, 'client is', 'clients are')} joined to all topics`)
}
