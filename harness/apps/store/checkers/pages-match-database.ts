import { isWhollyJoined, type Joins } from '../../../app.ts'
import { finding } from '../../../checkers/core/manners/reasons.ts'
import type { History } from '../../../history/history.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../../verdict/checker.ts'
import type { CartLine } from '../cart-page.ts'
import { linesDifference, pageDifference, type Truth } from '../pages/page-difference.ts'
import type { PageSight } from '../pages/page-sight.ts'
import type { ServedPage } from '../pages/served-page.ts'
import type { Catalogue, FinalOrder } from './stock.ts'

interface Shown {
  who: string
  node: string | undefined
  path: string
  sight: PageSight
}

/** Whatever a page says of products, sizes, carts and orders is what the database holds, on every node (ST-39..ST-42, CT-37, CT-53). */
export const pagesMatchDatabase: Checker = {
  name: 'pages-match-database',
  invariant:
    'after settling, every page of every node and every open tab shows what the database holds, and no open tab that is connected says that it is not',
  needs: (history) => history.finals('catalogue').length > 0,
  check(history) {
    const truth = truthOf(history)
    const pages = [...servedPages(history), ...openPages(history)]
    if (!truth || pages.length === 0) return unknown('no page, or not the database, was read in the end')
    for (const { who, node, path, sight } of pages) {
      const difference = pageDifference(path, sight, truth)
      if (difference)
        return violated(`wrong page: ${whose(who, node)} ${path} shows ${difference}`, { who, node, path })
    }
    const wrong = wrongOrder(history, truth) ?? wrongCart(history, truth)
    if (wrong) return violated(`wrong page: ${wrong}`)
    const alarm = wrongAlarm(history)
    if (alarm) return alarm
    return passed(`${count(pages.length, 'page shows', 'pages show')} what the database holds`)
  },
}

const whose = (who: string, node: string | undefined) => (who === 'visitor' ? `${node}'s` : `${who}'s (${node})`)

function truthOf(history: History): Truth | undefined {
  const [catalogue] = history.finals<Catalogue>('catalogue')
  const [orders] = history.finals<FinalOrder[]>('orders')
  return catalogue && { catalogue: catalogue.value, orders: orders?.value ?? [] }
}

interface OrderPage {
  path: string
  status: number
  sight: PageSight
  key: string
}

/** A page after a purchase shows the order that was made with the key of its form, and no other (CT-53, CT-58). */
function wrongOrder(history: History, truth: Truth): string | undefined {
  for (const { who, node, value } of history.finals<OrderPage>('order-page')) {
    const { path, status, sight, key } = value
    if (!sight.order)
      return `${whose(who, node)} ${path} shows no order (status ${status}), and ${who} bought something`
    const difference = pageDifference(path, sight, truth)
    if (difference) return `${whose(who, node)} ${path} shows ${difference}`
    const order = truth.orders.find(({ id }) => String(id) === sight.order?.id)
    if (order?.key !== key)
      return `${whose(who, node)} ${path} shows order ${order?.id}, which is not the one that was made last`
  }
  return undefined
}

function wrongCart(history: History, { catalogue }: Truth): string | undefined {
  for (const { who, node, value } of history.finals<readonly CartLine[]>('cart-lines')) {
    const difference = linesDifference(value, catalogue)
    if (difference) return `${whose(who, node)} cart was sent with ${difference}`
  }
  return undefined
}

/** The longest that a page waits for a sign of life before it says that there is none. */
const aroundMs = 15_000

/** An open page that is connected says nothing of a lost connection, and a dashboard says that it is live (PA-43, CH-112). */
function wrongAlarm(history: History): Verdict | undefined {
  const joins = history.finals<Joins>('joined')
  const connected = new Set(joins.filter(({ value }) => isWhollyJoined(value)).map(({ who }) => who))
  const wrong = openPages(history).find(
    ({ who, path, sight }) => connected.has(who) && !(path === '/admin' ? /^Live\b/ : /^$/).test(sight.connection),
  )
  if (!wrong) return undefined
  const { who, node, path, sight } = wrong
  const sentence = `wrong page: ${whose(who, node)} ${path} says "${sight.connection}", and it is connected`
  // A browser that stood still hears late, and says so.
  return finding(history, sentence, history.endMs - aroundMs, history.endMs, { who, node, path })
}

const servedPages = (history: History): Shown[] =>
  history
    .finals<ServedPage>('served-page')
    .flatMap(({ who, node, value: { path, status, sight } }) =>
      sight && status === 200 ? [{ who, node, path, sight }] : [],
    )

const openPages = (history: History): Shown[] =>
  history
    .finals<{ path: string; sight: PageSight }>('open-page')
    .map(({ who, node, value: { path, sight } }) => ({ who, node, path, sight }))
