import type { HistoryEvent } from '../../history/operation.ts'
import type { Rendering } from './sights.ts'

/** Parses what a page of the shop shows from its HTML, through its test hooks (ST-40..42). */
export function parseRendering(html: string): Rendering {
  const listings = html.split(/<article class="product-listing"/).slice(1)
  return {
    products: listings.map((listing) => {
      const id = /data-product-id="([^"]+)"/.exec(listing)?.[1] ?? ''
      const soon = new RegExp(`product-soon-${id}[\\s"]`).test(listing)
      const buttons = [
        ...listing.matchAll(/size-container__entry--level-(\w+)" name="item_id" value="(\d+)"( disabled)?/g),
      ]
      return {
        id,
        soon,
        sizes: buttons.map(([, level = '', itemId = '', disabled]) => ({
          itemId,
          level,
          disabled: disabled !== undefined,
        })),
      }
    }),
  }
}

/** Returns a fresh rendering by one node. Throws when the page is not served. */
export async function fetchRendering(url: string): Promise<Rendering> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
  if (response.status !== 200) throw new Error(`GET ${url} answered ${response.status}`)
  return parseRendering(await response.text())
}

/** A simulation records a page as HTML. */
const pages = new Set(['view', 'fresh-render'])
export const readSimulatedPage = (event: HistoryEvent): HistoryEvent =>
  event.type === 'final' && pages.has(event.operation ?? '')
    ? { ...event, value: parseRendering(String(event.value)) }
    : event
