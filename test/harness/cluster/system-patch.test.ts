import { dirname } from 'node:path'
import { expect, it } from 'vitest'
import { patchedContainer } from '../../../harness/cluster/container/patched-container.ts'
import { loaderFile, neverLoaded, patchedStart, unpatched } from '../../../harness/cluster/system-patch.ts'

const patch = {
  names: ['DF-1', 'DF-2'],
  files: ['/a/one.diff', '/b/one.diff'],
  modules: ['system/a.ts', 'system/b.ts'],
  pages: '/cache/pages',
}

it('a process gets the loader, the diffs in their order and the pages; without defects nothing', () => {
  expect(patchedStart(patch)).toEqual({
    flags: ['--import', loaderFile],
    env: { SQUALL_DIFFS: '/a/one.diff:/b/one.diff', CLIENT_ASSETS_DIR: '/cache/pages' },
  })
  expect(patchedStart(unpatched)).toEqual({ flags: [], env: {} })
})

it('a container gets the same, mounted: two diffs of one name do not hide each other', () => {
  const { command, env, mounts } = patchedContainer(patch, { PORT: '1' })
  expect(command!.slice(-3)).toEqual(['--import', '/squall/harness/selftest/loader.ts', 'system/main.ts'])
  expect(env).toEqual({
    PORT: '1',
    SQUALL_DIFFS: '/squall/defects/0/one.diff:/squall/defects/1/one.diff',
    CLIENT_ASSETS_DIR: '/squall/pages',
  })
  expect(mounts).toEqual({
    '/squall/harness/selftest': dirname(loaderFile),
    '/squall/defects/0/one.diff': '/a/one.diff',
    '/squall/defects/1/one.diff': '/b/one.diff',
    '/squall/pages': '/cache/pages',
  })
  expect(patchedContainer(unpatched, { PORT: '1' })).toEqual({ env: { PORT: '1' } })
})

it('a module is loaded when any node said so', () => {
  const logs = ['{"level":30}', '{}\nsqualL\nsquall: changed system/a.ts while it was loaded\n']
  expect(neverLoaded(patch, logs)).toEqual(['system/b.ts'])
  expect(neverLoaded(patch, [])).toEqual(patch.modules)
  expect(neverLoaded(unpatched, [])).toEqual([])
})
