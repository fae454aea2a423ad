import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { type Browser, chromium, type LaunchOptions } from 'playwright'
import type { Leases } from '../leases/leases.ts'
import { EnvironmentMissing } from '../platform/errors.ts'
import { findBrowser, findTabBrowser } from './find-browser.ts'

/** Flags that prevent Chromium from making background requests, and that let it run as root. */
const flags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

export interface BrowserPool {
  /** Whether tabs record what they do, so that it can be looked at when their scenario did not pass. */
  readonly recordsTraces: boolean
  /** Returns a browser with or without the back-forward cache. There is one browser per mode, started on first use. */
  get(mode: { bfcache: boolean }): Promise<Browser>
  /** The main processes of the browsers that run. */
  pids(): readonly number[]
  close(): Promise<void>
}

export function createBrowserPool({ leases, headed }: { leases: Leases; headed: boolean }): BrowserPool {
  const launched = new Map<boolean, Promise<LaunchedBrowser>>()
  const pids: number[] = []

  async function launch(bfcache: boolean): Promise<LaunchedBrowser> {
    const executablePath = headed || bfcache ? findBrowser(process.env) : findTabBrowser(process.env)
    const folder = mkdtempSync(join(tmpdir(), 'squall-browser-'))
    leases.holdFolder(folder, 'browser files')
    const browser = await launchOrSay(executablePath, {
      executablePath,
      headless: !headed,
      args: flags,
      artifactsDir: folder,
      tracesDir: folder,
      env: { ...definedOnly(process.env), TMPDIR: folder },
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      // Playwright disables the cache by default; without it a page is never restored.
      ...(bfcache && { ignoreDefaultArgs: ['--disable-back-forward-cache'] }),
    })
    const { pid, profile } = await whatRuns(browser)
    leases.holdProcess(pid, 'browser')
    pids.push(pid)
    if (profile) leases.holdFolder(profile, 'browser profile')
    return { browser, pid, folders: profile ? [folder, profile] : [folder] }
  }

  return {
    recordsTraces: true,
    async get({ bfcache }) {
      const known = launched.get(bfcache) ?? launch(bfcache)
      launched.set(bfcache, known)
      return (await known).browser
    },
    pids: () => pids,
    async close() {
      pids.length = 0
      for (const one of launched.values()) {
        const started = await one.catch(() => undefined)
        if (!started) continue
        await started.browser.close().catch(() => {})
        leases.releaseProcess(started.pid)
        for (const folder of started.folders) {
          rmSync(folder, { recursive: true, force: true })
          leases.releaseFolder(folder)
        }
      }
    },
  }
}

/** Launches the browser. If that fails, the error quotes the last meaningful line of the browser's output. */
function launchOrSay(executablePath: string, options: LaunchOptions): Promise<Browser> {
  return chromium.launch(options).catch((error: Error) => {
    throw new EnvironmentMissing(
      `the browser ${executablePath} does not start${whyOf(error.message)}; name a Chrome or Chromium with SQUALL_BROWSER`,
    )
  })
}

/** Playwright quotes the browser's output with the prefix `[err]` on each line. */
function whyOf(message: string): string {
  const lines = stripVTControlCharacters(message).split('\n')
  const said = lines.flatMap((line) => /\[err\] (.*\S)/.exec(line)?.[1] ?? [])
  const why = said.findLast((line) => /error|missing|cannot|not /i.test(line)) ?? said.at(-1)
  return why === undefined ? '' : `: ${why.replace(/^\[[^\]]*\] ?/, '')}`
}

interface LaunchedBrowser {
  browser: Browser
  pid: number
  folders: string[]
}

/** Asks the browser for its pid and for the profile folder that Playwright created, which Playwright removes only after a clean exit. */
async function whatRuns(browser: Browser): Promise<{ pid: number; profile: string | undefined }> {
  const devtools = await browser.newBrowserCDPSession()
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
  const { commandLine } = await devtools.send('SystemInfo.getInfo')
  await devtools.detach()
  const pid = processInfo.find(({ type }) => type === 'browser')?.id
  if (pid === undefined) throw new Error('the browser does not tell its process id')
  return { pid, profile: /--user-data-dir=(\S+)/.exec(commandLine)?.[1] }
}

const definedOnly = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
