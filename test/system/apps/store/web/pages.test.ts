import { describe, expect, it } from 'vitest'
import { errorPage } from '../../../../../system/apps/store/web/layout.ts'
import { productPage } from '../../../../../system/apps/store/web/pages.ts'
import { sizeSelector } from '../../../../../system/apps/store/web/size-selector.ts'
import { completeProducts, shownLevel, thresholds } from '../../../../support/complete-products.ts'

const options = { thresholds, clientHeartbeatMs: 30_000 }
const visit = { cartId: 'c'.repeat(64), formToken: 'form-token' }
const withSecondReleased = () => completeProducts().map((product) => ({ ...product, released: product.id === 2 }))
const times = (text: string, part: string) => text.split(part).length - 1

describe('the product page', () => {
  it('has the title and one listing for each product (ST-39, ST-40, AT-29)', () => {
    const html = productPage(completeProducts(), options, visit)
    expect(html).toContain('<title>Sneakers23</title>')
    expect(html).toContain('<main class="product-list">')
    expect([...html.matchAll(/class="product-listing" data-product-id="(\d+)"/g)].map(([, id]) => id)).toEqual([
      '1',
      '2',
    ])
  })

  it('has every unreleased product wait (ST-22, ST-41)', () => {
    const html = productPage(completeProducts(), options, visit)
    expect(times(html, 'coming soon...')).toBe(2)
    expect(html).toContain('product-soon-1"')
    expect(html).not.toContain('size-container')
  })

  it('offers the sizes of a released one with the very fragment of the live message (ST-23, ST-24)', () => {
    const products = withSecondReleased()
    const html = productPage(products, options, visit)
    expect(html).toContain(sizeSelector(products[1]!, shownLevel))
    expect(times(html, 'coming soon...')).toBe(1)
    expect(html).not.toContain('product-soon-2')
  })

  it('tells the script how often to send heartbeats', () => {
    expect(productPage([], options, visit)).toContain('<body data-heartbeat-ms="30000">')
  })

  it('escapes what comes from the catalogue', () => {
    const [product] = completeProducts()
    const html = productPage([{ ...product!, name: '<script>alert(1)</script>' }], options, visit)
    expect(html).not.toContain('<script>alert')
  })

  it('shows no product on an error page (AT-22)', () => {
    expect(errorPage('Back in a moment', 'Wait.')).not.toContain('product-listing')
  })
})

describe('the size selector (ST-42)', () => {
  it('ends the class with the level, followed by name and value', () => {
    const [product] = completeProducts()
    const sold = { ...product!, items: [{ ...product!.items[0]!, availableCount: 0 }] }
    expect(sizeSelector(product!, shownLevel)).toContain('size-container__entry--level-low" name="item_id" value="1">')
    expect(sizeSelector(sold, shownLevel)).toContain(
      'size-container__entry--level-out" name="item_id" value="1" disabled>',
    )
  })
})
