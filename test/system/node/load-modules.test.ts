import { describe, expect, it } from 'vitest'
import { loadModules } from '../../../system/node/load-modules.ts'
import { ConfigError } from '../../../system/platform/config.ts'

describe('APP_MODULES', () => {
  it('adds applications by the paths of their files, and none where nothing is said', async () => {
    const [toy] = await loadModules('test/fixtures/toy/system/module.ts')
    expect(toy?.name).toBe('toy')
    expect(await loadModules(undefined)).toEqual([])
  })

  it.each([
    ['a file that is not there', 'test/no-such-file.ts', /^APP_MODULES names test\/no-such-file\.ts: Cannot find/],
    ['a file without a module', 'system/platform/html.ts', /html\.ts: expected a default export made by defineModule/],
  ])('refuses %s in one sentence', async (_what, path, sentence) => {
    const refused = loadModules(path)
    await expect(refused).rejects.toThrow(ConfigError)
    await expect(refused).rejects.toThrow(sentence)
  })
})
