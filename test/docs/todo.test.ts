import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { todoConfig } from '../../system/apps/todo/config.ts'
import { readConfig } from '../../system/platform/config.ts'

it('the page on the to-do system names every setting, with the default that holds', () => {
  const page = readFileSync('docs/todo.md', 'utf8')
  const rows = [...page.matchAll(/^\| `(TODO_\w+)` \| `([^`]+)`/gm)].map(([, name, value]) => [name, value])
  const config = readConfig({}, [todoConfig]) as Record<string, unknown>
  expect(Object.fromEntries(rows)).toEqual(
    Object.fromEntries(Object.keys(todoConfig.variables).map((name) => [name, String(config[name])])),
  )
})
