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

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  try {
    process.stdout.write(findBrowser(process.env))
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exit(69)
  }
}
