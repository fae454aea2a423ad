import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import { levelOf } from '../level.ts'
import type { Rendering } from '../sights.ts'
import type { FinalStock } from './stock.ts'

/** A mistake that all nodes and all pages share is seen only beside the database (ST-27, ST-40, ST-41). */
export const rendersMatchDatabase: Checker = {
  name: 'renders-match-database',
  invariant:
    'after settling, a page rendered by any node shows what is released, and the level of each item, as the database has them',
  check(history) {
    const [stock] = history.finals<FinalStock>('database')
    const fresh = history.finals<Rendering>('fresh-render')
    if (!stock || fresh.length === 0) return unknown('no page, or not the database, was read in the end')
    const expected = texts(stock.value)
    for (const { node, value } of fresh) {
      const shown = textsShown(value)
      const index = expected.findIndex((text, at) => shown[at] !== text)
      if (index >= 0 || shown.length !== expected.length)
        return violated(`wrong page: ${node} shows ${differenceAt(index, shown, expected)}`, { node })
    }
    return passed(`${count(fresh.length, 'node shows', 'nodes show')} what the database holds`)
  },
}

/** One text for each product and each item, by their ids: the stock has no order, and another checker knows that of the pages. */
const texts = ({ products }: FinalStock): string[] =>
  byId(products).flatMap(({ id, released, items }) => [
    `product ${id} ${released ? 'released' : 'coming soon'}`,
    ...(released ? byId(items).map((item) => textOf(String(item.id), levelOf(item.availableCount))) : []),
  ])

const textsShown = ({ products }: Rendering): string[] =>
  byId(products).flatMap(({ id, soon, sizes }) => [
    `product ${id} ${soon ? 'coming soon' : 'released'}`,
    ...byId(sizes.map((size) => ({ ...size, id: size.itemId }))).map(({ id: itemId, level, disabled }) =>
      textOf(itemId, level, disabled),
    ),
  ])

const byId = <T extends { id: number | string }>(list: readonly T[]) =>
  list.toSorted((a, b) => Number(a.id) - Number(b.id))

/** The button of an item can be clicked exactly when there is one left (ST-42). */
const textOf = (itemId: string, level: string, disabled = level === 'out') =>
  `item ${itemId} ${level}${disabled ? ', not to be clicked' : ''}`

const differenceAt = (index: number, shown: readonly string[], expected: readonly string[]) =>
  index >= 0
    ? `"${shown[index] ?? 'nothing more'}" instead of "${expected[index]}"`
    : `"${shown[expected.length]}", which is not in the database`
