import { describe, expect, it } from 'vitest'
import type { Defect } from '../../../harness/selftest/defect.ts'
import { findDefects } from '../../../harness/selftest/defects.ts'
import { parseDiff } from '../../../harness/selftest/diff.ts'
import { together, typeCheck } from '../../../harness/selftest/type-check.ts'

const root = process.cwd()
const made = (name: string, path: string, ...hunk: string[]): Defect => ({
  name,
  file: name,
  header: {},
  diff: parseDiff([`--- a/${path}`, `+++ b/${path}`, ...hunk, ''].join('\n'), name),
})
const change = ['@@ -1,1 +1,1 @@', '-a', '+b']

describe('defects whose types are checked together', () => {
  const reaches: Record<string, string[]> = {
    'system/a.ts': ['system/b.ts', 'system/c.ts'],
    'system/b.ts': ['system/c.ts'],
  }
  const reach = (path: string) => new Set([path, ...(reaches[path] ?? [])])
  const groups = (...paths: string[]) =>
    together(
      paths.map((path, index) => made(`${index}`, `system/${path}.ts`, ...change)),
      reach,
    ).map((group) => group.map(({ name }) => name).join(''))

  it('share no file, and none imports a file of another, near or far', () => {
    expect(groups('a', 'd', 'a')).toEqual(['01', '2'])
    expect(groups('a', 'c', 'd')).toEqual(['02', '1'])
    expect(groups('c', 'a', 'b')).toEqual(['0', '1', '2'])
  })
})

describe('the types of the system with a defect', () => {
  it('are wrong in the file that it changes, or in one that imports it; the others are right', async () => {
    const [wrong, right] = findDefects(
      ['item-as-text', 'newest-item-last'].map((name) => `test/fixtures/defects/${name}.diff`),
      { root, cwd: root },
    )
    const elsewhere = made(
      'elsewhere',
      'system/apps/store/cart/cart.ts',
      '@@ -39,1 +39,1 @@',
      '-export const itemIds = ({ items }: Cart): number[] => [...items]',
      '+export const itemIds = ({ items }: Cart): string[] => items.map(String)',
    )
    const client = made(
      'client',
      'system/apps/store/client/product-view.ts',
      '@@ -22,1 +22,1 @@',
      "-    button.disabled = level === 'out'",
      '+    button.disabled = level',
    )
    const page = made(
      'page',
      'system/apps/spa/client/ping-topic.ts',
      '@@ -15,1 +15,1 @@',
      "-  join(socket: Pick<Socket, 'channel'>, topic: string): () => void",
      "+  join(socket: Pick<Socket, 'channel'>, topic: 'pings'): () => void",
    )
    const errors = await typeCheck([wrong!, right!, elsewhere, client, page], { root })
    expect(errors.get(wrong!.name)).toMatch(/^system\/apps\/store\/cart\/cart\.ts\(\d+,\d+\): error TS2322/)
    expect(errors.get(client.name)).toMatch(/^system\/apps\/store\/client\/product-view\.ts\(\d+,\d+\): error TS2322/)
    expect(errors.get(elsewhere.name)).toMatch(/^(?!system\/apps\/store\/cart\/cart\.ts).*error TS/)
    expect(errors.get(page.name)).toMatch(/^system\/apps\/spa\/client\/ping-channel\.tsx\(\d+,\d+\): error TS2345/)
    expect([errors.size, errors.get(right!.name)]).toEqual([5, undefined])
  }, 60_000)
})
