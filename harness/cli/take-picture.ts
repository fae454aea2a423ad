import { writeFileSync } from 'node:fs'
import { chromium, type Page } from 'playwright'
import { findBrowser } from '../clients/find-browser.ts'

/** Writes what a browser shows into a file of the docs. */
export async function takePicture(file: string, show: (page: Page) => Promise<unknown>, height = 720) {
  const browser = await chromium.launch({
    executablePath: findBrowser(process.env),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1000, height }, colorScheme: 'light' })
    await show(page)
    writeFileSync(file, await page.screenshot({ animations: 'disabled' }))
  } finally {
    await browser.close()
  }
}
