import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'

/** A client receives stock changes only for the products whose topics it has joined (CH-51, DF-15). */
export const ownTopicsOnly: Checker = {
  name: 'own-topics-only',
  invariant: 'a message about a product reaches the topic of that product only',
  judgesOpen: true,
  check(history) {
    const changes = history.of('receive').filter(({ event }) => event === 'stock_change')
    if (changes.length === 0) return unknown('no stock change reached anybody')
    const stray = changes.find(
      ({ topic, value }) => topic !== `product:${(value as { product_id: unknown }).product_id}`,
    )
    if (stray) return violated(`irrelevant: ${stray.who} heard of another product on ${stray.topic}`, { stray })
    return passed(`${count(changes.length, 'stock change')}, each on the topic of its product`)
  },
}
