import { type Browser, type BrowserServer, chromium } from 'playwright'
import type { Leases } from '../runner/leases.ts'
import { findBrowser } from './find-browser.ts'

/** What keeps Chromium from talking to the world, and lets it run as root. */
const flags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

export interface BrowserPool {
  /** With or without the back-forward cache; one browser for each, started when it is first asked for. */
  get(mode: { bfcache: boolean }): Promise<Browser>
  close(): Promise<void>
}

export function createBrowserPool({ leases, headed }: { leases: Leases; headed: boolean }): BrowserPool {
  const launched = new Map<boolean, Promise<{ server: BrowserServer; browser: Browser }>>()

  async function launch(bfcache: boolean) {
    const server = await chromium.launchServer({
      executablePath: findBrowser(process.env),
      headless: !headed,
      args: flags,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      // Playwright turns the cache off by default; without it a page is never restored.
      ...(bfcache && { ignoreDefaultArgs: ['--disable-back-forward-cache'] }),
    })
    leases.holdProcess(server.process().pid!, 'browser')
    return { server, browser: await chromium.connect(server.wsEndpoint()) }
  }

  return {
    async get({ bfcache }) {
      const known = launched.get(bfcache) ?? launch(bfcache)
      launched.set(bfcache, known)
      return (await known).browser
    },
    async close() {
      for (const one of launched.values()) {
        const started = await one.catch(() => undefined)
        if (!started) continue
        const { pid } = started.server.process()
        await started.browser.close().catch(() => {})
        await started.server.close().catch(() => {})
        leases.releaseProcess(pid!)
      }
    },
  }
}
