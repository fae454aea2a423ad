import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findTabBrowser } from '../../../harness/clients/find-browser.ts'
import { writeGreenRun, writeLargeRun, writeViolatedRun } from './runs.ts'

const folders: string[] = []
let browser: Browser
let page: Page
const said: string[] = []

function stored(write: (folder: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
  folders.push(folder)
  write(folder)
  return join(folder, 'report.html')
}

beforeAll(async () => {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  browser = await chromium.launch({ executablePath: findTabBrowser(process.env), args })
})
afterEach(async () => {
  await page.context().close()
  expect(said.splice(0)).toEqual([])
})
afterAll(async () => {
  await browser.close()
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 800 } } as const

async function open(file: string, options: Parameters<Browser['newContext']>[0] = {}) {
  const context = await browser.newContext({ viewport: sizes.desktop, offline: true, ...options })
  page = await context.newPage()
  page.on('console', (message) => message.type() === 'error' && said.push(message.text()))
  page.on('pageerror', (error) => said.push(error.message))
  await page.goto(pathToFileURL(file).href)
}

const violatedRun = stored(writeViolatedRun)
const reports = { 'a violated run': violatedRun, 'a green run': stored(writeGreenRun) }

/** A timeline is drawn when it comes into sight. */
async function shownTimeline() {
  await page.locator('figure.timeline:visible').first().scrollIntoViewIfNeeded()
  return page.locator('.tl-canvas').first()
}

/** How many pixels of a timeline are not of its most frequent colour. */
const inkOf = () =>
  page
    .locator('.tl-canvas')
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      const counts = new Map<number, number>()
      const pixels = new Uint32Array(data.buffer)
      // One of seven is enough, and seven divides no width.
      for (let i = 0; i < pixels.length; i += 7) counts.set(pixels[i]!, (counts.get(pixels[i]!) ?? 0) + 7)
      return pixels.length - Math.max(...counts.values())
    })

describe.each(Object.entries(reports))('the report of %s', (_what, file) => {
  it.each(Object.keys(sizes).flatMap((size) => (['light', 'dark'] as const).map((scheme) => [size, scheme] as const)))(
    'has no serious fault for anybody and fits a %s, %s',
    async (size, colorScheme) => {
      await open(file, { viewport: sizes[size as keyof typeof sizes], colorScheme })
      await page.evaluate(() => {
        for (const one of document.querySelectorAll('details')) one.open = true
      })
      await shownTimeline()
      await expect.poll(inkOf).toBeGreaterThan(500)
      const { violations } = await new AxeBuilder({ page }).analyze()
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    },
  )
})

describe('a reader', () => {
  it('sees failures open and passes as a line, and finds by outcome, fault and text', async () => {
    await open(violatedRun)
    const shown = () => page.locator('.scenario:visible').evaluateAll((all) => all.map((one) => one.dataset.outcome))
    expect(await shown()).toEqual(['violated', 'unknown', 'passed'])
    expect(await page.locator('.scenario[open]').count()).toBe(2)
    await page.getByLabel('Outcome').selectOption('passed')
    expect(await shown()).toEqual(['passed'])
    await page.getByRole('button', { name: 'Clear' }).click()
    await expect.poll(shown).toHaveLength(3)
    await page.getByLabel('Fault').selectOption('node.kill')
    expect(await shown()).toEqual(['violated'])
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByLabel('Application').selectOption('store')
    expect(await shown()).toEqual(['violated'])
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByLabel('Text').fill('carol UNUSED')
    await expect.poll(shown).toEqual(['unknown'])
    expect(await page.locator('#filter output').textContent()).toBe('1 of 3 shown')
  })

  it('copies the replay command', async () => {
    await open(violatedRun, { permissions: ['clipboard-read', 'clipboard-write'] })
    await page.getByRole('button', { name: 'Copy' }).first().click()
    await expect.poll(() => page.getByRole('button', { name: 'Copied' }).count()).toBe(1)
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^\.\/squall replay reports\//)
  })

  it('moves, zooms and steps through a timeline with the keyboard alone', async () => {
    await open(violatedRun)
    const canvas = await shownTimeline()
    await canvas.focus()
    await page.keyboard.press('v')
    const told = page.locator('.tl-said').first()
    expect(await told.textContent()).toContain('the page says <low>')
    const before = await inkOf()
    await page.keyboard.press('0')
    await expect.poll(inkOf).not.toBe(before)
    for (let lane = 0; lane < 3; lane += 1) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('.')
    expect(await told.textContent()).toMatch(/^\d+(\.\d+)? s: node\.kill n1, /)
    const group = page.getByRole('button', { name: 'faults' }).first()
    await group.press('Enter')
    expect(await group.getAttribute('aria-expanded')).toBe('false')
  })

  it('moves a timeline with the mouse, and is told what is below it', async () => {
    await open(violatedRun)
    const canvas = await shownTimeline()
    const { x, y } = (await canvas.boundingBox())!
    await page.mouse.move(x + 300, y + 50)
    expect(await page.locator('.tl-tip').first().textContent()).toMatch(/ s: \w/)
    const before = await inkOf()
    await page.mouse.down()
    await page.mouse.move(x + 100, y + 50, { steps: 4 })
    await page.mouse.up()
    await page.keyboard.down('Control')
    await page.mouse.wheel(0, -400)
    await page.keyboard.up('Control')
    await expect.poll(inkOf).not.toBe(before)
  })

  it('reads all that is text without JavaScript', async () => {
    await open(violatedRun, { javaScriptEnabled: false })
    const text = await page.locator('main').textContent()
    expect(text).toContain('alice sees item 1 as high, expected low')
    expect(text).toContain('The timeline is drawn by a script.')
    expect(text).toContain('./squall replay')
    expect(await page.locator('#filter').isVisible()).toBe(false)
  })

  it('prints it', async () => {
    await open(violatedRun)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('#filter').isVisible()).toBe(false)
    expect((await page.pdf()).length).toBeGreaterThan(10_000)
  })
})

describe('100,000 events', () => {
  const file = stored((folder) => writeLargeRun(folder, 100_000))

  it('are drawn without an element for each', async () => {
    expect(statSync(file).size).toBeLessThan(8_000_000)
    await open(file)
    await shownTimeline()
    await expect.poll(inkOf).toBeGreaterThan(10_000)
    expect(await page.locator('*').count()).toBeLessThan(2_000)
  })

  it('are moved with a few strokes for each pixel, and not with one for each event', async () => {
    await open(file)
    const canvas = await shownTimeline()
    await canvas.focus()
    const strokes = await canvas.evaluate(async (element) => {
      const drawing = CanvasRenderingContext2D.prototype
      let count = 0
      for (const name of ['fillRect', 'strokeRect', 'fillText', 'fill', 'stroke', 'lineTo', 'rect', 'arc'] as const) {
        const own = drawing[name] as (...values: unknown[]) => unknown
        drawing[name] = function (this: CanvasRenderingContext2D, ...values: unknown[]) {
          count += 1
          return own.apply(this, values)
        } as never
      }
      element.dispatchEvent(new KeyboardEvent('keydown', { key: '0' }))
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      return count
    })
    expect(strokes).toBeGreaterThan(100)
    expect(strokes).toBeLessThan(40_000)
  })
})
