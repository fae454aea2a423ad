import { expect, it } from 'vitest'
import { toolCommand } from '../../../harness/platform/tool-command.ts'

it.each([
  ['its own folder', '/srv/ann/squall', '/srv/ann/squall/', './squall'],
  ['a folder below it', '/srv/ann/squall/reports', '/srv/ann/squall', '../squall'],
  ['a folder above it', '/srv/ann', '/srv/ann/squall', 'squall/squall'],
  ['a project beside it', '/srv/ann/shop', '/srv/ann/squall', '../squall/squall'],
  ['a folder with a space', '/srv/ann', '/srv/ann/my tools', "'my tools/squall'"],
  ['a folder far away', '/srv/a/b/c/d', '/opt/squall', '/opt/squall/squall'],
])('in %s it can be pasted', (_where, cwd, root, command) => {
  expect(toolCommand({ cwd, root, env: {} })).toBe(command)
})

it('called by another name, it says that name', () => {
  const env = { SQUALL_COMMAND: 'npx squall' }
  expect(toolCommand({ cwd: '/srv/ann/shop', root: '/srv/ann/squall', env })).toBe('npx squall')
})
