import { describe, expect, it } from 'vitest'
import { noPresenceToShoppers } from '../../../../../harness/apps/store/checkers/no-presence-to-shoppers.ts'
import { presenceChangesAddUp } from '../../../../../harness/apps/store/checkers/presence-changes-add-up.ts'
import { presenceJoinDeliveredOnce } from '../../../../../harness/apps/store/checkers/presence-join-delivered-once.ts'
import { presenceMatchesReality } from '../../../../../harness/apps/store/checkers/presence-matches-reality.ts'
import { final, historyOf, join, type TestEvent } from '../../../../support/histories.ts'

const receive = (who: string, topic: string, event: string, value: unknown = {}): TestEvent => ({
  type: 'receive',
  who,
  topic,
  event,
  value,
})
const heardCart = receive('alice', 'cart:[id]', 'cart')

describe('presence-matches-reality (PA-1, PA-4, PA-38..PA-44, DF-91, DF-92, DF-95..DF-98)', () => {
  const tab = (shopper: string, who: string, page: string, ...ids: number[]) =>
    final('cart', { shopper, page, items: ids.map((id) => ({ id, outOfStock: false })) }, who)
  const tabs = [tab('alice', 'alice', '/', 1), tab('alice', 'alice#2', '/checkout', 1), tab('bob', 'bob', '/', 1, 2)]
  const right = { shoppers: 2, pages: { '/': 2, '/checkout': 1 }, items: { 1: 2, 2: 1 }, staleness: 'Live' }
  const node = (shoppers: number, tabCount: number) =>
    final(
      'node-state',
      { shoppers, carts: Array.from({ length: tabCount }, () => ({ page: '/', items: [] })) },
      'n1',
      'n1',
    )
  const check = (...events: TestEvent[]) => presenceMatchesReality.check(historyOf(heardCart, ...events))
  const shown = (sight: object) => check(...tabs, node(2, 3), final('dashboard', { ...right, ...sight }, 'boss'))

  it('is valid when dashboards and nodes count who is there', () => {
    expect(shown({}).outcome).toBe('passed')
    expect(
      check(node(0, 0), final('dashboard', { shoppers: 0, pages: {}, items: {}, staleness: '' }, 'boss')).outcome,
    ).toBe('passed')
  })

  it('is invalid for tabs counted as shoppers, for those who are gone, and for those who are missing', () => {
    expect(shown({ shoppers: 3 }).why).toBe('dashboard boss shows 3 shoppers, there are 2')
    expect(shown({ shoppers: 1 }).outcome).toBe('violated')
  })

  it('is invalid for wrong pages, and for items that are in no cart or counted by tab', () => {
    expect(shown({ pages: { '/': 3 } }).why).toContain('the page')
    expect(shown({ items: { 1: 3, 2: 1 } }).why).toBe('dashboard boss shows 3 for the item 1, there are 2')
    expect(shown({ items: { 1: 2, 2: 1, 9: 1 } }).why).toContain('item 9')
  })

  it('counts the shoppers of a release day, who are not named one by one (NF-23)', () => {
    const state = { released: [1], levels: { 1: 'out' } }
    const group = (pageCount: number, ...ids: number[]) => ({
      ...{ state, page: '/', pageCount },
      cart: ids.map((id) => ({ id, outOfStock: true })),
    })
    const day = final('launch-pages', [group(3_000), group(2_000, 1)])
    const seen = { shoppers: 5_000, pages: { '/': 5_000 }, items: { 1: 2_000 }, staleness: 'Live' }
    const looked = (sight: object, tabCount = 5_000) =>
      presenceMatchesReality.check(
        historyOf(day, node(5_000, tabCount), final('dashboard', { ...seen, ...sight }, 'boss')),
      )
    expect(looked({})).toMatchObject({
      outcome: 'passed',
      why: '1 dashboard and 1 node count 5000 shoppers in 5000 tabs',
    })
    expect(looked({ shoppers: 4_999 }).why).toBe('dashboard boss shows 4999 shoppers, there are 5000')
    expect(looked({ pages: { '/': 3_333 } }).why).toBe('dashboard boss shows 3333 for the page /, there are 5000')
    expect(looked({ items: { 1: 5_000 } }).why).toBe('dashboard boss shows 5000 for the item 1, there are 2000')
    expect(looked({}, 6_667).why).toBe('node n1 knows 6667 open carts, there are 5000')
  })

  it('is invalid for a dashboard whose words are wrong beside right numbers', () => {
    expect(shown({ listed: ['/', '/checkout'], saysNobody: false }).outcome).toBe('passed')
    expect(shown({ listed: ['/checkout', '/'] }).why).toBe(
      'dashboard boss shows the page /checkout before /, where more shoppers are',
    )
    expect(shown({ saysNobody: true }).why).toBe('dashboard boss shows that nobody is here, there are 2 shoppers')
    const empty = { shoppers: 0, pages: {}, items: {}, staleness: '', saysNobody: false }
    expect(check(node(0, 0), final('dashboard', empty, 'boss')).outcome).toBe('violated')
  })

  it('is invalid for a dashboard that shows no number', () => {
    expect(shown({ shoppers: Number.NaN }).outcome).toBe('violated')
  })

  it('is invalid when one node knows too many or too few', () => {
    expect(check(...tabs, node(2, 4)).why).toBe('node n1 knows 4 open carts, there are 3')
    expect(check(...tabs, node(1, 3)).outcome).toBe('violated')
  })

  it('is invalid when two nodes list the same carts in another order', () => {
    const lists = (name: string, ...pages: string[]) =>
      final('node-state', { shoppers: 2, carts: pages.map((page) => ({ page, items: [1] })) }, name, name)
    const pages = ['/', '/checkout', '/']
    expect(check(...tabs, lists('n1', ...pages), lists('n2', ...pages)).outcome).toBe('passed')
    expect(check(...tabs, lists('n1', ...pages), lists('n2', '/', '/', '/checkout')).why).toBe(
      'another order: as number 2 of the carts n1 lists one on /checkout with the items 1, and n2 one on / with the items 1',
    )
  })

  it('is unknown when nobody was there or nothing was looked at', () => {
    expect(presenceMatchesReality.check(historyOf(node(0, 0))).outcome).toBe('unknown')
    expect(check(...tabs).outcome).toBe('unknown')
  })
})

describe('no-presence-to-shoppers (PA-20, PA-21, DF-31)', () => {
  const check = (...events: TestEvent[]) => noPresenceToShoppers.check(historyOf(...events))
  const toBoss = receive('boss', 'admin:cart_tracker', 'presence_diff')

  it('is valid when presence stays on the topic of the dashboard', () => {
    expect(check(heardCart, toBoss).outcome).toBe('passed')
  })

  it('is invalid when a shopper gets any of it', () => {
    const leak = receive('alice', 'cart:[id]', 'presence_diff')
    expect(check(heardCart, toBoss, leak).why).toBe('leak: alice got presence_diff on cart:[id]')
    expect(check(heardCart, receive('alice', 'product:1', 'presence_state')).outcome).toBe('violated')
  })

  it('is unknown when no shopper was listening', () => {
    expect(check(toBoss).outcome).toBe('unknown')
  })
})

const metas = (...refs: string[]) => (refs.length > 0 ? { key: { metas: refs.map((phx_ref) => ({ phx_ref })) } } : {})
const diff = (joins: string[], leaves: string[] = [], who = 'boss') =>
  receive(who, 'admin:cart_tracker', 'presence_diff', { joins: metas(...joins), leaves: metas(...leaves) })

describe('presence-join-delivered-once (PA-9, PA-16, DF-93)', () => {
  const check = (...events: TestEvent[]) => presenceJoinDeliveredOnce.check(historyOf(...events))

  it('is valid when each change comes once, and when somebody comes back', () => {
    expect(check(diff(['a']), diff(['b'], ['a']), diff(['a'])).outcome).toBe('passed')
    expect(check(diff(['a']), diff(['a'], [], 'other boss')).outcome).toBe('passed')
  })

  it('is invalid when every node tells it', () => {
    expect(check(diff(['a']), diff(['a'])).why).toBe('told twice: boss heard again that a came')
  })

  it('begins anew with a connection', () => {
    expect(check(diff(['a']), { type: 'disconnect', who: 'boss' }, diff(['a'])).outcome).toBe('passed')
  })

  it('begins anew with a join: nobody is told what happened while the topic was not joined', () => {
    const again: TestEvent = { type: 'join', who: 'boss', topic: 'admin:cart_tracker' }
    expect(check(diff(['a']), again, diff(['a'])).outcome).toBe('passed')
    expect(check(diff(['a']), again, diff(['a']), diff(['a'])).outcome).toBe('violated')
  })

  it('is unknown when nobody was told', () => {
    expect(check(heardCart).outcome).toBe('unknown')
  })
})

describe('presence-changes-add-up (PA-16, PA-18)', () => {
  const state = (...refs: string[]) => receive('boss', 'admin:cart_tracker', 'presence_state', metas(...refs))
  const check = (...events: TestEvent[]) => presenceChangesAddUp.check(historyOf(...events))

  it('passes when those come who were not there, and those leave who were', () => {
    expect(check(state('a'), diff(['b'], ['a']), diff(['a'], ['b'])).outcome).toBe('passed')
  })

  it('is violated when somebody leaves who was not there', () => {
    expect(check(state('a'), diff([], ['b'])).why).toBe('boss was told that the entry b left, which was not there')
    expect(check(state('a'), diff([], ['a']), diff([], ['a'])).outcome).toBe('violated')
  })

  it('is violated when somebody comes who was there when the dashboard was opened', () => {
    expect(check(state('a'), diff(['a'])).why).toBe('boss was told that the entry a came, which was there already')
  })

  it('takes what comes before the entries as a part of them, also after another join', () => {
    expect(check(diff(['a'], ['z']), state('a'), diff([], ['a'])).outcome).toBe('passed')
    const again = [join('boss', 2, 'admin:cart_tracker'), diff(['b']), state('b'), diff([], ['b'])]
    expect(check(state('a'), diff([], ['a']), ...again).outcome).toBe('passed')
  })

  it('is unknown when nobody was told of a change to what was there', () => {
    expect(check().outcome).toBe('unknown')
    expect(check(state('a')).outcome).toBe('unknown')
    expect(check(diff(['a'])).outcome).toBe('unknown')
  })
})
