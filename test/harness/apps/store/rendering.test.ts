import { describe, expect, it } from 'vitest'
import { parseRendering } from '../../../../harness/apps/store/rendering.ts'

const listing = (id: string, inner: string) =>
  `<article class="product-listing" data-product-id="${id}"><div class="product-facts">${inner}</div></article>`
const soon = (id: string) => `<div class="product-soon product-soon-${id}">coming soon...</div>`
const button = (itemId: number, level: string, disabled = '') =>
  `<button type="button" class="size-container__entry size-container__entry--level-${level}" name="item_id" value="${itemId}"${disabled}>6</button>`

describe('parseRendering (ST-40..42)', () => {
  it('tells a listing that waits from one that is released', () => {
    const html = listing('1', soon('1')) + listing('2', `<div class="size-container">${button(8, 'low')}</div>`)
    expect(parseRendering(html)).toEqual({
      products: [
        { id: '1', soon: true, sizes: [] },
        { id: '2', soon: false, sizes: [{ itemId: '8', level: 'low', disabled: false }] },
      ],
    })
  })

  it('reads each level, and that only a button with the attribute is disabled', () => {
    const all = ['high', 'medium', 'low'].map((level, index) => button(index + 1, level)).join('')
    const [product] = parseRendering(listing('1', all + button(4, 'out', ' disabled'))).products
    expect(product?.sizes.map(({ level, disabled }) => [level, disabled])).toEqual([
      ['high', false],
      ['medium', false],
      ['low', false],
      ['out', true],
    ])
  })

  it('does not take product 11 for product 1', () => {
    expect(parseRendering(listing('1', soon('11'))).products[0]?.soon).toBe(false)
  })

  it('finds no product on a page without listings', () => {
    expect(parseRendering('<main class="error-page"><h1>Back in a moment</h1></main>')).toEqual({ products: [] })
  })
})
