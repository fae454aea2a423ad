import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { filesBelow } from '../support/catalogue.ts'

/** What opens a tab, by itself or in `scenarios/support.ts`. */
const opensTabs =
  /\.shopper\(|\.admin\(|\b(openShop|openTwoTabs|goToCheckout|openPage|openDashboard|enterAllKinds|enterBeside|theVisitor)\(|refusedWrites\./

const files = filesBelow('scenarios', '.ts').filter(
  (file) => /^\s*id(: '|,)/m.test(readFileSync(file, 'utf8')) && /scenario\(\{/.test(readFileSync(file, 'utf8')),
)

it.each(files)('%s has the tag browser where somebody in it has a tab, and only there', (file) => {
  const text = readFileSync(file, 'utf8')
  expect(/^\s*tags: \['browser'\],$/m.test(text)).toBe(opensTabs.test(text))
})

it('finds scenarios', () => expect(files.length).toBeGreaterThan(80))
