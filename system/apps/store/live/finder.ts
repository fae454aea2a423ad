import { each, html, type LiveSocket, type LiveView, liveView } from '../../../live/index.ts'
import type { Level } from '../catalog/product.ts'
import { followProducts, loadLater, productInNews } from './product-news.ts'
import type { ShownListings } from './shown-listings.ts'

interface Find {
  productId: number
  name: string
  level: Level | 'soon'
}

interface Finder {
  /** What stands in the form; the browser sends it again after a lost connection (LV-13). */
  size: string
  finds: readonly Find[]
  isFollowing: boolean
}

const sizeMaxLength = 20

const labels: Record<Find['level'], string> = {
  soon: 'coming soon',
  out: 'sold out',
  low: 'few left',
  medium: 'going',
  high: 'plenty',
}

/** Which shoes there are in a size, as the stock changes. The form has its state on the server. */
export const finderView = (shown: ShownListings): LiveView =>
  liveView<Finder>({
    name: 'Finder',
    mount(_params, _session, socket) {
      socket.assign({ size: '', finds: [], isFollowing: false, pageTitle: 'Find your size · Sneakers23' })
      find(socket, shown.all())
    },
    handleEvent(event, value, socket) {
      if (event !== 'find') throw new Error(`the finder has no event ${JSON.stringify(event.slice(0, 100))}`)
      socket.assign({ size: sizeIn(value) })
      find(socket, shown.all())
    },
    handleInfo(message, socket) {
      if (productInNews(message) !== undefined) find(socket, shown.allAfter(message))
      else if (message === 'load') find(socket, shown.all())
    },
    render: ({ size, finds }) => html`<main class="finder">
<h1>Find your size</h1>
<form id="finder" phx-change="find" phx-submit="find">
<label>Size <input type="text" name="size" value=${size} inputmode="decimal" autocomplete="off" maxlength="${sizeMaxLength}"></label>
</form>
<p role="status">${summary(size, finds.length)}</p>
<ul class="finder__finds">${each(finds, { key: ({ productId }) => productId }, found)}</ul>
</main>`,
  })

const found = ({ productId, name, level }: Find) =>
  html`<li data-product-id="${productId}"><span>${name}</span> <span class="finder__level">${labels[level]}</span></li>`

function summary(size: string, count: number): string {
  if (size === '') return 'Type a size, such as 8 or 9.5.'
  return count === 1 ? `One shoe comes in ${size}.` : `${count === 0 ? 'No' : count} shoes come in ${size}.`
}

/** Throws a TypeError on what is no form of this page. */
function sizeIn(value: unknown): string {
  const { size } = Object(value) as { size?: unknown }
  if (typeof size === 'string') return size.trim().slice(0, sizeMaxLength)
  throw new TypeError('the form of the finder has a size')
}

function find(socket: LiveSocket<Finder>, listings: ReturnType<ShownListings['all']>) {
  if (!listings) return loadLater(socket)
  if (!socket.assigns.isFollowing) {
    followProducts(
      socket,
      listings.map(({ id }) => id),
    )
    socket.assign({ isFollowing: true })
  }
  const { size } = socket.assigns
  const finds = listings.flatMap(({ id, brand, name, released, sizes }) => {
    const one = sizes.find((entry) => entry.size === size)
    return one ? [{ productId: id, name: `${brand} ${name}`, level: released ? one.level : ('soon' as const) }] : []
  })
  socket.assign({ finds })
}
