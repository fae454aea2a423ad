// @vitest-environment happy-dom
import { beforeEach, expect, it } from 'vitest'
import { element, showList } from '../../../harness/console/page/elements.ts'

let list: HTMLElement
const show = (...items: [key: string, text: string][]) =>
  showList(list, items, {
    keyOf: ([key]) => key,
    create: () => element('li'),
    update: (target, [, text]) => {
      target.textContent = text
    },
  })
const shown = () => [...list.children].map(({ textContent }) => textContent)

beforeEach(() => {
  list = element('ul')
})

it('shows new items in their order, changes those that stay, and drops the others', () => {
  show(['a', 'one'], ['b', 'two'])
  show(['c', 'three'], ['b', 'second'])
  expect(shown()).toEqual(['three', 'second'])
  show()
  expect(shown()).toEqual([])
})

it('keeps the element of an item, so that a click that has begun on it ends on it', () => {
  show(['a', 'one'], ['b', 'two'])
  const second = list.children[1]
  show(['new', 'zero'], ['b', 'second'], ['a', 'one'])
  expect(list.children[1]).toBe(second)
  expect(shown()).toEqual(['zero', 'second', 'one'])
})
