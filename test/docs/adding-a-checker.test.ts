import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** The example of the page is the toy application's checker, with its test. */
const guide = readFileSync('docs/adding-a-checker.md', 'utf8')
const blocks = [...guide.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(
  ([, path, text]) => [path!, text!] as const,
)

it.each(blocks)('%s is as the page says', (path, text) => expect(readFileSync(path, 'utf8')).toBe(text))

it('shows the checker and its test', () => expect(blocks).toHaveLength(2))
