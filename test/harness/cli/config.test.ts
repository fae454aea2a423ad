import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { optionsWithDefaults, readConfig } from '../../../harness/cli/config.ts'
import { commands } from '../../../harness/cli/program.ts'
import { defineConfig } from '../../../harness/index.ts'
import { selectScenarios } from '../../../harness/runner/selection.ts'
import { squall } from './support.ts'

let parent = ''
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(parent, { recursive: true }))

/** A folder of its own for each, because Node imports a file once. */
function folderWith(text: string): string {
  const folder = mkdtempSync(join(parent, 'c-'))
  writeFileSync(join(folder, 'squall.config.ts'), text)
  return folder
}
const saying = (config: object) => folderWith(`export default ${JSON.stringify(config)}`)
const root = process.cwd()

describe('a wrong configuration is one sentence and 64', () => {
  it.each([
    [
      'no default export',
      'export const a = 1',
      'is wrong: it has no default export; write "export default defineConfig({ ... })"',
    ],
    ['a mistake of syntax', 'export default {{', 'cannot be read: '],
    [
      'a key that there is not',
      'export default { suits: {} }',
      'is wrong: suits is unknown, did you mean suites?; there are suites, suite, defaults',
    ],
    [
      'a key of a suite that there is not',
      "export default { suites: { mine: { summary: 'm', tag: [] } } }",
      'is wrong: suites.mine.tag is unknown, did you mean tags?; there are summary, scenarios, tags, except',
    ],
    ['a suite without summary', 'export default { suites: { mine: {} } }', 'is wrong: suites.mine.summary: '],
    [
      'a suite that there is',
      "export default { suites: { smoke: { summary: 'mine' } } }",
      'is wrong: suites.smoke has the name of a suite that there is; give it another',
    ],
    [
      'a verb that there is not',
      'export default { defaults: { runn: {} } }',
      ': there is no command runn for defaults, did you mean run?',
    ],
    [
      'an option that there is not',
      'export default { defaults: { run: { job: 2 } } }',
      ': defaults.run.job is unknown, did you mean jobs?; run takes seed, ',
    ],
    [
      'a value that the option refuses',
      'export default { defaults: { run: { nodes: 12 } } }',
      ': defaults.run.nodes: --nodes takes a whole number from 1 to 9; got "12"',
    ],
    [
      'a switch with a value',
      "export default { defaults: { run: { failFast: 'yes' } } }",
      ': defaults.run.failFast takes true or false; got "yes"',
    ],
  ])('%s', async (_what, text, sentence) => {
    const { code, out, err } = await squall(['list', 'suites'], { cwd: folderWith(text) })
    expect([code, out]).toEqual([64, ''])
    expect(err).toContain(`squall: squall.config.ts${sentence.startsWith(':') ? '' : ' '}${sentence}`)
    expect(err.split('\n')).toHaveLength(2)
  })

  it('but help is there', async () => {
    expect((await squall(['run', '--help'], { cwd: folderWith('export default {{') })).code).toBe(0)
  })
})

describe('defaults', () => {
  it('hold where the command line does not say, as if somebody had typed them', async () => {
    const folder = saying({ defaults: { run: { nodes: 5, budget: '10m', failFast: true, out: 'kept' } } })
    const config = await readConfig({ cwd: folder, root })
    const options = optionsWithDefaults(commands.run!, config)
    const defaultOf = (name: string) => options.find(({ flags }) => flags.startsWith(`--${name}`))?.default
    expect(['nodes', 'budget', 'fail-fast', 'out', 'retries'].map(defaultOf)).toEqual([
      5,
      600_000,
      true,
      join(folder, 'kept'),
      0,
    ])
    expect(optionsWithDefaults(commands.up!, config)).toEqual(commands.up!.options)
  })
})

describe("suites of one's own", () => {
  const config = {
    ...defineConfig({
      suites: {
        pages: { summary: 'pages', scenarios: ['store', 'cart'], tags: ['browser'], except: ['cart/rush', 'store'] },
      },
    }),
    folder: root,
  }

  it('are what they say: these scenarios, with one of these tags, without those', async () => {
    const { suite, scenarios } = await selectScenarios({ names: ['pages'], root, cwd: root, config })
    const ids = scenarios.map(({ id }) => id)
    expect(suite).toBe('pages')
    expect(ids).toContain('cart/two-tabs')
    expect(ids).not.toContain('cart/rush')
    expect(ids.filter((id) => !id.startsWith('cart/'))).toEqual([])
  })

  it('can be what a run without a name means', async () => {
    const { suite } = await selectScenarios({ names: [], root, cwd: root, config: { ...config, suite: 'pages' } })
    expect(suite).toBe('pages')
  })

  it('may have files, from the folder of the configuration', async () => {
    const own = { suites: { one: { summary: 'one', scenarios: ['./scenarios/store/sell-out.ts'] } }, folder: root }
    const { scenarios } = await selectScenarios({ names: ['one'], root, cwd: '/', config: own })
    expect(scenarios.map(({ id }) => id)).toEqual(['store/sell-out'])
  })

  it('are listed', async () => {
    const folder = saying({ suites: { mine: { summary: 'only the carts', scenarios: ['cart'] } } })
    expect((await squall(['list', 'suites'], { cwd: folder })).out).toMatch(/^mine +only the carts$/m)
  })
})

describe('--tag', () => {
  const select = (...tags: string[]) => selectScenarios({ names: ['smoke'], tags, root, cwd: root })

  it('keeps the scenarios that have one of the tags', async () => {
    const ids = (await select('random')).scenarios.map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(0)
    expect(ids.filter((id) => !id.startsWith('corpus/'))).toEqual([])
    expect((await select('browser')).scenarios.map(({ id }) => id)).not.toContain('cluster/broadcast')
  })

  it('says which tags there are when nothing is left', async () => {
    await expect(select('brwser')).rejects.toThrow(
      'no scenario of smoke has the tag brwser, did you mean browser?; there are browser, ',
    )
  })
})
