import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyOf, pageSources, pagesWith } from '../../../harness/selftest/pages.ts'

/** A copy of what pages are built of, so that nothing is left in the project. */
let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'squall-test-'))
  for (const name of ['system', 'vite.config.ts', 'tsconfig.json', 'package.json', 'package-lock.json'])
    cpSync(name, join(root, name), { recursive: true })
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'))
})
afterAll(() => rmSync(root, { recursive: true }))

const view = 'system/apps/store/client/cart-view.ts'
const withTitle = (title: string) => new Map([[view, readFileSync(view, 'utf8').replace('Your cart', title)]])
/** Not the beginning of a longer sentence. */
const usualTitle = /Your cart(?! is)/
const script = (folder: string) => readFileSync(join(folder, 'app.js'), 'utf8')

describe('pages with a defect', () => {
  it('are built once for the same sources, with the change in them', async () => {
    const folder = await pagesWith(withTitle('Somebody’s cart'), root)
    expect([script(folder).includes('Somebody’s cart'), usualTitle.test(script(folder))]).toEqual([true, false])
    // Nothing could be built now.
    unlinkSync(join(root, 'node_modules'))
    expect(await pagesWith(withTitle('Somebody’s cart'), root)).toBe(folder)
    symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'))
    const other = await pagesWith(withTitle('No cart'), root)
    expect([other === folder, script(other).includes('No cart')]).toEqual([false, true])
    expect(readdirSync(join(root, '.squall/pages')).length).toBe(2)
  }, 60_000)

  it('are those of other sources when any of them is another', () => {
    const clean = keyOf(new Map(), root)
    expect(keyOf(withTitle('x'), root)).not.toBe(clean)
    expect(keyOf(new Map([['system/main.ts', 'no part of a page']]), root)).toBe(clean)
    expect(pageSources(root).has('system/apps/hello/client/hello.css')).toBe(true)
    expect(pageSources(root).has('system/main.ts')).toBe(false)
  })

  it('are refused when they cannot be built, in one sentence', async () => {
    const broken = new Map([[view, 'export const = 1']])
    await expect(pagesWith(broken, root)).rejects.toThrow(/^the pages cannot be built with .*cart-view\.ts: [^\n]+$/)
  }, 60_000)

  it('are refused when no page is made of what was changed', async () => {
    const unused = new Map([['system/apps/store/client/css.d.ts', 'declare module "*.css"']])
    await expect(pagesWith(unused, root)).rejects.toThrow(/no page is made of system\/apps\/store\/client\/css\.d\.ts/)
  }, 60_000)
})
