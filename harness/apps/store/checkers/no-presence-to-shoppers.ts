import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'

/** Shoppers never receive presence data, which is for the store only (PA-19..PA-21, DF-31). */
export const noPresenceToShoppers: Checker = {
  name: 'no-presence-to-shoppers',
  invariant: 'presence messages arrive on the topic of the dashboard only',
  judgesOpen: true,
  check(history) {
    const carts = history.of('receive').filter(({ topic }) => topic?.startsWith('cart:'))
    if (carts.length === 0) return unknown('no shopper was listening')
    const leak = history
      .of('receive')
      .find(({ event, topic }) => event?.startsWith('presence_') && !topic?.startsWith('admin:'))
    if (leak) return violated(`leak: ${leak.who} got ${leak.event} on ${leak.topic}`, { leak })
    return passed(`${count(carts.length, 'message')} to shoppers, none about others`)
  },
}
