import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright'
import { EnvironmentMissing } from '../platform/errors.ts'
import { isProgram, onPath } from '../platform/programs.ts'

const names = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser']
const macPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** Returns the browser to use: the one named by SQUALL_BROWSER, else Playwright's own, else one installed on the system. */
export function findBrowser(env: Record<string, string | undefined>): string {
  const named = env.SQUALL_BROWSER
  if (named) {
    if (isProgram(named)) return named
    throw new EnvironmentMissing(
      `SQUALL_BROWSER names ${named}, but that is no program; name a Chrome or Chromium, or unset it`,
    )
  }
  const own = chromium.executablePath()
  const found = [own, ...onPath(names, env), ...macPaths].find(isProgram)
  if (found) return found
  throw new EnvironmentMissing(
    'needs Chrome or Chromium, but found none; install one, run "npx playwright install chromium", or set SQUALL_BROWSER to its path',
  )
}

const shellNames = ['chrome-headless-shell', 'chromium-headless-shell', 'headless_shell']

/**
 * Returns the same browser without its own windows, which costs a quarter of the processor time for each tab, or undefined where
 * there is none. It has no back-forward cache and cannot be shown. Who names a browser with SQUALL_BROWSER gets that one alone.
 */
export function findHeadlessShell(
  env: Record<string, string | undefined>,
  playwrights = chromium.executablePath(),
): string | undefined {
  if (env.SQUALL_BROWSER) return undefined
  return [...besidePlaywrights(playwrights), ...onPath(shellNames, env)].find(isProgram)
}

/** Returns what opens tabs that nobody sees and that no back-forward cache keeps: the cheapest there is. Throws as `findBrowser`. */
export const findTabBrowser = (env: Record<string, string | undefined>): string =>
  findHeadlessShell(env) ?? findBrowser(env)

/** Playwright keeps `chromium-N/PLATFORM/chrome` next to `chromium_headless_shell-N/PLATFORM/SHELL`. */
function besidePlaywrights(browser: string): string[] {
  const installed = dirname(dirname(browser))
  const folder = installed.replace(/chromium(-\d+)$/, 'chromium_headless_shell$1')
  try {
    if (folder === installed) return []
    return readdirSync(folder).flatMap((platform) => shellNames.map((name) => join(folder, platform, name)))
  } catch {
    return []
  }
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  try {
    process.stdout.write(findBrowser(process.env))
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exit(69)
  }
}
