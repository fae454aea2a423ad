import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findTabBrowser } from '../../../harness/clients/find-browser.ts'
import { until } from '../../../harness/platform/until.ts'

/** `squall up` as somebody has it in a browser. */
interface Up {
  console: string
  shop: { node: string; url: string }[]
  nodes: { pid: number; control: string }[]
  controlSecret: string
  database: string
}

/** What a person waits for without wondering. The others may be late on a machine with much else to do. */
const shownWithinMs = 2_000
const witnessedWithinMs = 15_000
let squall: ChildProcess
let up: Up
let out: string
let browser: Browser
let context: BrowserContext
let page: Page

beforeAll(async () => {
  for (const config of ['vite.config.ts', 'vite.console.config.ts'])
    execFileSync(process.execPath, [
      'node_modules/vite/bin/vite.js',
      'build',
      '--config',
      config,
      '--logLevel',
      'error',
    ])
  out = mkdtempSync(join(tmpdir(), 'console-'))
  squall = spawn(process.execPath, ['harness/cli/main.ts', 'up', '--json', '--out', out])
  let text = ''
  squall.stdout!.on('data', (part: Buffer) => {
    text += part
  })
  const isWhole = () => text.trimEnd().endsWith('}')
  await until(isWhole, { what: 'squall up has printed its addresses', withinMs: 50_000 })
  up = JSON.parse(text) as Up
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  browser = await chromium.launch({ executablePath: findTabBrowser(process.env), args: flags })
})
afterAll(async () => {
  await browser?.close()
  if (squall?.exitCode === null) squall.kill('SIGINT')
  if (out) rmSync(out, { recursive: true, force: true })
})

const complaints: string[] = []

beforeEach(async () => {
  complaints.length = 0
  context = await browser.newContext()
  page = await context.newPage()
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
})
afterEach(async () => {
  await context.close()
})

const open = () => page.goto(up.console)
const address = () => new URL(up.console)
const fault = (kind: string, state: string) => page.locator(`#happening [data-key*="${kind}"][data-state="${state}"]`)
const button = (name: string | RegExp) => page.getByRole('button', { name })

/** Presses the button of a fault and waits until the page says that its effect was seen. */
async function injectSeen(kind: string, withinMs = witnessedWithinMs) {
  const form = page.locator(`form[aria-label="${kind}"]`)
  await form.evaluate((its) => its.closest('details')!.setAttribute('open', ''))
  await form.getByRole('button').click()
  await fault(kind, 'holds').waitFor({ timeout: withinMs })
}

async function healSeen(kind: string) {
  await button(new RegExp(`^Heal ${kind}`)).click()
  await fault(kind, 'over').waitFor()
}

describe('the console of squall up', () => {
  it('shows within two seconds that a fault holds, by another path, and that it is over', async () => {
    await open()
    await injectSeen('node.kill', shownWithinMs)
    expect(await fault('node.kill', 'holds').textContent()).toContain('the port of n1 is refused')
    await page.locator('#nodes [data-key=n1]', { hasText: 'down' }).waitFor()
    await healSeen('node.kill')
    await page.locator('#nodes [data-key=n1]', { hasText: 'ready: sees n2, n3' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('cuts the shop of the person who looks at it, on a link that carried something', async () => {
    await open()
    const shop = await context.newPage()
    await shop.goto(up.shop[1]!.url)
    const form = page.locator('form[aria-label="link.cut"]')
    await form.getByRole('combobox', { name: 'target' }).fill('visitor->n2')
    await injectSeen('link.cut')
    await expect(shop.reload({ timeout: 1_000 })).rejects.toThrow('Timeout')
    await healSeen('link.cut')
    await shop.reload()
  })

  it('releases and sells by a node, and shows the new stock', async () => {
    await open()
    const shelf = page.locator('#shelf .group').first()
    await shelf.getByRole('button', { name: /^Release/ }).click()
    await shelf.getByText('on sale').waitFor()
    const size = shelf.locator('li').first()
    const before = Number.parseInt((await size.locator('.text').textContent())!, 10)
    await size.getByRole('button').click()
    await size.getByText(`${before - 1} left`).waitFor()
    await page
      .locator('#checks', { hasText: 'never-oversold' })
      .getByText(/1 units? sold/)
      .waitFor()
  })

  it('says what a request lacks, and injects nothing', async () => {
    await open()
    const form = page.locator('form[aria-label="node.pause"]')
    await form.getByRole('combobox', { name: 'target' }).fill('n1->n2')
    await form.getByRole('button').click()
    await page.getByRole('alert').getByText('node.pause is aimed at a node').waitFor()
    expect(await page.locator('#happening [data-key*="node.pause"]').count()).toBe(0)
  })

  it('saves a recording as a run that can be checked, reported and replayed', async () => {
    await open()
    await button('Start a recording').click()
    await page.getByText('Recording: everything you do').waitFor({ timeout: 20_000 })
    await injectSeen('link.latency')
    await healSeen('link.latency')
    await button('Stop and save').click()
    const saved = page.locator('.saved li').first()
    await saved.waitFor({ timeout: 40_000 })
    const folder = (await saved.locator('.name').textContent())!
    expect(await saved.locator('.text').textContent()).toBe('passed, 2 actions')
    expect(await saved.locator('code').textContent()).toBe(`./squall replay ${folder}`)
    expect(existsSync(join(folder, 'report.html'))).toBe(true)
    const check = execFileSync(process.execPath, ['harness/cli/main.ts', 'check', folder], { encoding: 'utf8' })
    expect(check).toContain('faults-witnessed: 1 fault witnessed on and off')
    await button(/^Replay/).click()
    await page.locator('.saved li').nth(1).waitFor({ timeout: 40_000 })
    expect(await page.locator('.saved li .text').first().textContent()).toBe('passed, 2 actions')
  })

  it.each([
    ['a desktop', 1280, 'light'],
    ['a desktop', 1280, 'dark'],
    ['a phone', 390, 'light'],
    ['a phone', 390, 'dark'],
  ] as const)('can be used by everybody, on %s %i wide in %s, and fits', async (_what, width, colorScheme) => {
    await page.setViewportSize({ width, height: 800 })
    await page.emulateMedia({ colorScheme })
    await open()
    await page.locator('#checks li').first().waitFor()
    for (const details of await page.locator('details').all())
      await details.evaluate((one) => one.setAttribute('open', ''))
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    expect(complaints).toEqual([])
  })
})

describe('who may use it', () => {
  /** The status of a request with these headers, as no browser would send them. */
  const status = (path: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      get({ host: '127.0.0.1', port: address().port, path, headers }, (response) => {
        response.resume()
        resolve(response.statusCode!)
      }).on('error', reject)
    })

  it('refuses a wrong token, and no token, in words', async () => {
    const wrong = address()
    wrong.searchParams.set('token', 'wrong')
    for (const url of [wrong.href, `${address().origin}/console`]) {
      const response = await page.goto(url)
      expect(response!.status()).toBe(403)
      expect(await response!.text()).toContain('the token is missing or wrong')
    }
  })

  it('keeps the token out of the address once it is known', async () => {
    await open()
    expect(page.url()).toBe(`${address().origin}/console`)
  })

  it('gives another origin nothing, though the browser has the cookie', async () => {
    await open()
    const shop = await context.newPage()
    await shop.goto(up.shop[0]!.url)
    const inject = (url: string) =>
      fetch(url, {
        method: 'POST',
        credentials: 'include',
        mode: 'no-cors',
        body: JSON.stringify({ kind: 'node.kill', target: 'n2' }),
      }).then(({ type }) => type)
    await shop.evaluate(inject, `${address().origin}/console/faults`).catch(() => {})
    const cookies = await context.cookies(up.console)
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    expect(await status('/console', { host: address().host, cookie })).toBe(200)
    expect(await status('/console', { host: address().host, cookie, origin: up.shop[0]!.url })).toBe(403)
    expect(await status('/console', { host: 'rebound.example', cookie })).toBe(403)
    expect(await page.locator('#happening [data-key*="node.kill n2"]').count()).toBe(0)
  })

  it('never sends its cookie to the shop, which is on another port of the same host', async () => {
    await open()
    const request = page.waitForRequest(up.shop[0]!.url)
    await page.goto(up.shop[0]!.url)
    expect((await (await request).allHeaders()).cookie ?? '').not.toContain('squall_console')
  })

  it('prints an address of the control port that can be used', async () => {
    const { control } = up.nodes[0]!
    const answer = await fetch(`${control}/state`, { headers: { authorization: `Bearer ${up.controlSecret}` } })
    expect(((await answer.json()) as { node: string }).node).toBe('n1')
  })
})

describe('Ctrl-C', () => {
  it('heals, ends everything and leaves nothing, with a fault in force', async () => {
    await open()
    await injectSeen('db.kill')
    await injectSeen('node.pause')
    const pids = up.nodes.map(({ pid }) => pid)
    const ended = new Promise<number | null>((resolve) => squall.once('exit', resolve))
    squall.kill('SIGINT')
    expect(await ended).toBe(130)
    await page.getByText('The console does not answer').waitFor()
    expect(pids.filter(isAlive)).toEqual([])
    await expect(fetch(up.console)).rejects.toThrow()
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
