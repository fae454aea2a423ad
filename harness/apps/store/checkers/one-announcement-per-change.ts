import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'

/** A change is announced to a client once, whatever the number of nodes. State sent by a join has a join_ref and does not count (ST-55, DF-60). */
export const oneAnnouncementPerChange: Checker = {
  name: 'one-announcement-per-change',
  invariant: 'each release reaches each client as at most one broadcast',
  check(history) {
    const changes = history
      .of('invoke')
      .filter(({ operation }) => operation === 'release' || operation === 'notify-release')
    const broadcasts = history.of('receive').filter(({ event, joinRef }) => event === 'released' && joinRef === null)
    if (changes.length === 0 || broadcasts.length === 0) return unknown('no release was announced to anybody')
    const perClient = new Map<string, number>()
    for (const { who, topic } of broadcasts)
      perClient.set(`${who} on ${topic}`, (perClient.get(`${who} on ${topic}`) ?? 0) + 1)
    const perTopic = Map.groupBy(changes, ({ value }) => `product:${(value as { productId: number }).productId}`)
    for (const [key, count] of perClient) {
      const [, topic] = key.split(' on ')
      const allowed = perTopic.get(topic!)?.length ?? 0
      if (count > allowed)
        return violated(`announced ${count} times: ${key}, though it changed ${allowed} times`, { key, count, allowed })
    }
    return passed(`${count(broadcasts.length, 'announcement')}, none repeated`)
  },
}
