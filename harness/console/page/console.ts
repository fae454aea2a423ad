import type { Offer, Snapshot } from '../snapshot.ts'
import { byId, setText } from './elements.ts'
import { showFaults } from './fault-forms.ts'
import { show, showShop } from './sights.ts'

/** The browser connects again by itself, and the first thing that it then gets is everything. */
const events = new EventSource('/console/events')

const on = <T>(name: string, take: (value: T) => void) =>
  events.addEventListener(name, ({ data }: MessageEvent<string>) => take(JSON.parse(data) as T))

on<Snapshot>('snapshot', show)
on<Offer>('offer', (offer) => {
  showShop(offer)
  showFaults(offer.faults)
})

function sayConnected(isConnected: boolean) {
  document.body.dataset.connected = String(isConnected)
  setText(
    byId('connection'),
    isConnected ? '● live' : '✕ The console does not answer: what is shown is old. Is "squall up" still running?',
  )
}
events.addEventListener('open', () => sayConnected(true))
events.addEventListener('error', () => sayConnected(false))
