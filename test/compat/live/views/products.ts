import { each, html, link, liveView, type Rendered, type Value } from '../../../../system/live/index.ts'
import type { PubSub } from '../../../../system/pubsub/index.ts'
import { has, integerOf, noSuchEvent, numberIn, objectIn, textIn, wordOf } from './input.ts'

interface Product {
  id: number
  name: string
  stock: number
  note: string | null
}

interface Products {
  products: readonly Product[]
  hot: number | null
  filter: string
  sort: 'id' | 'name'
}

export const productsTopic = 'products'
const stockEvent = 'stock'

const firstProducts: readonly Product[] = [
  { id: 1, name: 'Air', stock: 9, note: null },
  { id: 2, name: 'Boot <b>', stock: 4, note: 'new' },
  { id: 3, name: 'Clog', stock: 0, note: null },
]

export const announceStock = (pubsub: PubSub, id: number, stock: number) =>
  pubsub.broadcast(productsTopic, stockEvent, { id, stock })

function badge(stock: number): Rendered {
  if (stock === 0) return html`<i class="badge none">sold out</i>`
  return stock < 5 ? html`<i class="badge low">only ${stock} left</i>` : html`<i class="badge">in stock</i>`
}

const productCard = ({ product, isHot, content }: { product: Product; isHot: boolean; content: Value }) =>
  html`<li id="product-${product.id}" class="card ${[product.stock === 0 && 'out', isHot && 'hot']}" data-stock=${product.stock}>
  <b>${product.name}</b>
  ${badge(product.stock)}
  ${product.note !== null && html`<span>${product.note}</span>`}
  ${content}
</li>`

const buyButton = ({ id, stock }: Product) =>
  html`<button phx-click="buy" phx-value-id=${id} disabled=${stock === 0}>Buy</button>`

function shown({ products, filter, sort }: Products): readonly Product[] {
  const found = products.filter(({ name }) => name.toLowerCase().includes(filter))
  return found.sort((one, other) => (one[sort] < other[sort] ? -1 : one[sort] > other[sort] ? 1 : 0))
}

const changed = (id: number, change: Partial<Product>) => (products: readonly Product[]) =>
  products.map((product) => (product.id === id ? { ...product, ...change } : product))

function productIn(value: unknown): Product {
  const input = objectIn(value)
  return { id: numberIn(input, 'id'), name: textIn(input, 'name'), stock: numberIn(input, 'stock'), note: null }
}

/** As the recorded application writes queries: all but letters, digits and `-_.~`, and a blank as +. */
const formEncoded = (text: string) =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')

export const productsView = (pubsub: PubSub) =>
  liveView<Products>({
    name: 'Products',
    mount(_params, _session, socket) {
      if (socket.isConnected) socket.subscribe(productsTopic)
      socket.assign({ products: firstProducts, hot: null, pageTitle: 'Products' })
    },
    handleParams({ filter, sort }, _url, socket) {
      socket.assign({ filter: typeof filter === 'string' ? filter : '', sort: sort === 'name' ? 'name' : 'id' })
    },
    handleEvent(event, value, socket) {
      const input = objectIn(value)
      if (event === 'buy') return buy(pubsub, socket.assigns.products, integerOf(textIn(input, 'id')))
      if (event === 'hot') return socket.assign({ hot: integerOf(textIn(input, 'id')) })
      if (event === 'note') {
        const note = textIn(input, 'text')
        return socket.update('products', changed(integerOf(textIn(input, 'id')), { note: note === '' ? null : note }))
      }
      if (event === 'add') return socket.update('products', (products) => [...products, productIn(value)])
      if (event === 'prepend') return socket.update('products', (products) => [productIn(value), ...products])
      if (event === 'remove') {
        const gone = has(input, 'id')
        return socket.update('products', (products) => products.filter(({ id }) => id !== gone))
      }
      if (event === 'clear') return socket.assign({ products: [] })
      if (event === 'restore') return socket.assign({ products: firstProducts })
      if (event === 'filter') return socket.pushPatch(`/products?filter=${formEncoded(wordOf(has(input, 'filter')))}`)
      return noSuchEvent(event)
    },
    handleInfo(message, socket) {
      const { event, payload } = message as { event: string; payload: { id: number; stock: number } }
      if (event !== stockEvent) throw new Error(`no handler for ${event}`)
      socket.update('products', changed(payload.id, { stock: payload.stock }))
    },
    render: (assigns) => html`<h1>Products</h1>
${() => assigns.filter !== '' && html`<p id="filter">Filtered by ${assigns.filter}</p>`}
${link({ patch: '/products?sort=name' }, 'by name')}
<ul id="products">
  ${() =>
    each(shown(assigns), (product) =>
      productCard({ product, isHot: product.id === assigns.hot, content: buyButton(product) }),
    )}
</ul>
${() =>
  assigns.products.length === 0
    ? html`<p>Nothing</p>`
    : html`<p>${() => assigns.products.length} products, sorted by ${() => assigns.sort}</p>`}`,
  })

function buy(pubsub: PubSub, products: readonly Product[], wanted: number) {
  const product = products.find(({ id }) => id === wanted)
  if (!product) throw new Error(`there is no product ${wanted}`)
  announceStock(pubsub, wanted, Math.max(0, product.stock - 1))
}
