import type { Channel, Socket } from 'phoenix'
import { type CartPayload, renderCart, say } from './cart-view.ts'

/** The cart of this browser: the server holds it while a tab is open, and the browser stores the signed copy (CT-31..CT-36). */
const storageKey = 'storedCart'

const sentences: Record<string, string> = {
  duplicate_item: 'That size is in your cart already.',
  not_found: 'That shoe is not in your cart any more.',
  out_of_stock: 'That size has just sold out.',
  one_size_per_shoe: 'One size of each shoe only. Take the other one out first.',
  not_released: 'That shoe is not on sale yet.',
  unavailable: 'The shop is starting. Please try again in a moment.',
  cart_full: 'Your cart is full. Take another shoe out first.',
}
const done = { add_item: 'It is in your cart.', remove_item: 'It is out of your cart.' } as const

const sentenceFor = ({ error = '' }: { error?: string }) => sentences[error] ?? 'That did not work. Please try again.'

export function joinCart(socket: Socket, cartId: string): Channel {
  /** The cart that this tab received last, also before a reload: another tab of the browser may have stored an older one since. */
  let own = (window as { cartAfter?: string }).cartAfter ?? stored('sessionStorage')
  const joinParams = () => ({ serialized: stored('localStorage'), own, page: window.location.pathname })
  const channel = socket.channel(`cart:${cartId}`, joinParams)

  function show(cart: CartPayload) {
    console.log('Cart received')
    own = cart.serialized
    for (const place of places) store(place, cart.serialized)
    renderCart(cart)
  }

  function ask(event: 'add_item' | 'remove_item', itemId: string) {
    channel
      .push(event, { item_id: itemId })
      .receive('ok', () => say(done[event]))
      .receive('error', (refusal) => {
        console.error('Cart error', refusal)
        say(sentenceFor(refusal))
      })
      .receive('timeout', () => {
        console.error('Cart timeout')
        say('The shop does not answer. Please try again.')
      })
  }

  channel.on('cart', show)
  // Also what comes too late for the request, which the client has given up.
  channel.on('phx_reply', ({ status, response }: { status: string; response: Partial<CartPayload> }) => {
    if (status === 'ok' && response.items) show(response as CartPayload)
  })
  channel.join().receive('error', () => console.error('Cart join failed'))
  onClick('.size-container__entry', (button) => ask('add_item', (button as HTMLButtonElement).value))
  onClick('.cart-item__remove', (button) => ask('remove_item', button.dataset.itemId ?? ''))
  return channel
}

/** Also for elements that are added to the page later (CT-35). */
function onClick(selector: string, run: (element: HTMLElement) => void) {
  document.addEventListener('click', (event) => {
    const hit = (event.target as Element).closest<HTMLElement>(selector)
    if (!hit) return
    event.preventDefault()
    run(hit)
  })
}

/** The storage of the whole browser and of this tab. */
const places = ['localStorage', 'sessionStorage'] as const
type Place = (typeof places)[number]

/** A browser may forbid its storage; the cart then lives as long as a tab is open. */
function stored(place: Place): string | null {
  try {
    return window[place].getItem(storageKey)
  } catch {
    return null
  }
}

function store(place: Place, serialized: string) {
  try {
    window[place].setItem(storageKey, serialized)
  } catch (error) {
    console.warn('The cart cannot be kept in this browser', error)
  }
}
