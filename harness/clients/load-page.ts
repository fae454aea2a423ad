import type { Page, Request } from 'playwright'

export const loadWithinMs = 10_000
const triesMost = 3
/** A browser drops what it loads when a network of its machine comes or goes, as those of containers do. */
const networkChanged = 'net::ERR_NETWORK_CHANGED'

type Loading = Pick<Page, 'goto' | 'reload' | 'close' | 'on' | 'off'>

/**
 * Opens a page, with all that belongs to it. Rejects when one try takes longer than `loadWithinMs`, and closes the page then: it might connect
 * later, and nobody would know of it.
 */
export async function openPage(page: Loading, url: string): Promise<void> {
  try {
    await loadWhole(page, () => page.goto(url, { timeout: loadWithinMs }))
  } catch (error) {
    await page.close().catch(() => {})
    throw error
  }
}

export const reloadPage = (page: Loading): Promise<void> =>
  loadWhole(page, () => page.reload({ timeout: loadWithinMs }))

/** What a change of networks cut off is loaded again, as somebody who looks at half a page would do. */
async function loadWhole(page: Loading, load: () => Promise<unknown>) {
  for (let left = triesMost; ; left -= 1) {
    let isCutOff = false
    const noteFailure = (request: Request) => {
      if (request.failure()?.errorText === networkChanged) isCutOff = true
    }
    page.on('requestfailed', noteFailure)
    try {
      await load()
    } catch (error) {
      if (!isCutOff || left === 1) throw error
    } finally {
      page.off('requestfailed', noteFailure)
    }
    if (!isCutOff || left === 1) return
  }
}
