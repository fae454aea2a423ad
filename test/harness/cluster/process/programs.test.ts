import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { preparePackages, preparePrograms } from '../../../../harness/cluster/process/programs.ts'
import { loaderFile } from '../../../../harness/cluster/system-patch.ts'
import { withSourcePositions } from '../../../../harness/platform/source-positions.ts'

/** A copy of what a node is made of, so that nothing is left in the project. */
let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'squall-test-'))
  for (const name of ['system', 'package.json', 'package-lock.json'])
    cpSync(name, join(root, name), { recursive: true })
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'))
})
afterAll(() => rmSync(root, { recursive: true }))

const run = (script: string, env: Record<string, string>) =>
  spawnSync(process.execPath, [script], { env, encoding: 'utf8' }).stderr
const linesOf = (path: string) => readFileSync(join(root, path), 'utf8').split('\n')
const change = (path: string, text: string, by: string) => {
  const file = join(root, path)
  writeFileSync(file, readFileSync(file, 'utf8').replace(text, by))
}

describe('the programs of a node', () => {
  it('are the source, and a bundle that is built once for the same source', async () => {
    const { source, bundle } = await preparePrograms('unused', root)
    expect(source.script).toBe(join(root, 'system/main.ts'))
    expect(run(bundle.script, { PORT: 'none' })).toBe(run(source.script, { PORT: 'none' }))
    // Nothing could be built now.
    unlinkSync(join(root, 'node_modules'))
    expect((await preparePrograms('unused', root)).bundle).toEqual(bundle)
    symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'))
  }, 60_000)

  it('take the packages of a node with defects from a few files, built once', async () => {
    const file = (await preparePackages('unused', process.cwd()))!
    const packages = Object.keys(JSON.parse(readFileSync(file, 'utf8')))
    expect(packages).toEqual(expect.arrayContaining(['fastify', 'pg', 'ws', '@fastify/static']))
    expect(packages.filter((name) => /^(node:|phoenix$|\.)/.test(name))).toEqual([])
    expect(await preparePackages('unused', process.cwd())).toBe(file)
    const script = join(process.cwd(), 'system/main.ts')
    const start = (packagesFile: string) =>
      spawnSync(process.execPath, ['--import', loaderFile, script], {
        env: { SQUALL_PACKAGES: packagesFile, CONTROL_SECRET: 'x'.repeat(40) },
        encoding: 'utf8',
      }).stderr
    expect(start(file)).toContain('DATABASE_URL is missing')
    const own = join(root, 'packages.json')
    writeFileSync(own, '{"fastify":"own.mjs"}')
    writeFileSync(join(root, 'own.mjs'), '')
    expect(start(own)).toContain("'fastify' does not provide an export")
  }, 60_000)

  it('are built again when the source has changed; a stack leads to the source', async () => {
    const { bundle: before } = await preparePrograms('unused', root)
    change(
      'system/main.ts',
      'async function main() {',
      "async function main() {\n  console.error(new Error('here').stack)",
    )
    const { bundle } = await preparePrograms('unused', root)
    expect(bundle.script).not.toBe(before.script)
    const line = linesOf('system/main.ts').findIndex((text) => text.includes("Error('here')")) + 1
    const said = run(bundle.script, { PORT: 'none' })
    expect(said).toMatch(/main\.cjs:\d+:\d+/)
    expect(withSourcePositions(said)).toContain(`at main (${join(root, 'system/main.ts')}:${line}:17)`)
  }, 60_000)

  it('are the source alone when no bundle can be built of it', async () => {
    change('system/main.ts', 'async function main', 'async function = main')
    const { source, bundle } = await preparePrograms('unused', root)
    expect(bundle).toEqual(source)
  }, 60_000)
})

describe('positions in a built file', () => {
  it('stay as they are where there is no source map', () => {
    const text = 'at main (/nowhere/main.cjs:1:2) and system/main.ts:3:4'
    expect(withSourcePositions(text)).toBe(text)
  })
})
