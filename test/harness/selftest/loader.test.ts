import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loaderFile } from '../../../harness/cluster/system-patch.ts'

/** Node, as the drivers start it, on a module of the system that this prints. */
const changed = 'system/apps/store/cart/cart.ts'
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
  const program = `import { addItem, emptyCart } from '${join(process.cwd(), changed)}'
    const { cart } = addItem({ ...emptyCart, items: [1] }, 2)
    console.log(JSON.stringify(cart.items))`
  writeFileSync(join(folder, 'program.ts'), program)
})
afterAll(() => rmSync(folder, { recursive: true }))

const fixture = (name: string) => join(process.cwd(), 'test/fixtures/defects', `${name}.diff`)
const here = () => ({ loader: loaderFile, program: join(folder, 'program.ts') })
const run = (files: readonly string[], env: Record<string, string> = {}, { loader, program } = here()) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const args = ['--disable-warning=ExperimentalWarning', '--import', loader, program]
    const own = { PATH: process.env.PATH, SQUALL_DIFFS: files.join(delimiter), ...env }
    execFile(process.execPath, args, { cwd: '/', env: own }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), out: stdout.trim(), err: stderr }),
    )
  })
const said = `squall: changed ${changed} while it was loaded\n`

describe('a node with diffs', () => {
  it('runs what they make of the modules, says so, and leaves the files alone', async () => {
    const before = readFileSync(changed, 'utf8')
    expect(await run([fixture('newest-item-last')])).toEqual({ code: 0, out: '[1,2]', err: said })
    expect(readFileSync(changed, 'utf8')).toBe(before)
    expect(await run([])).toEqual({ code: 0, out: '[2,1]', err: '' })
  })

  it('takes several, one after the other', async () => {
    const next = join(folder, 'next.diff')
    const text = readFileSync(fixture('newest-item-last'), 'utf8')
      .replace('[...cart.items, itemId]', '[itemId, itemId]')
      .replace('[itemId, ...cart.items]', '[...cart.items, itemId]')
    writeFileSync(next, text)
    expect((await run([fixture('newest-item-last'), next])).out).toBe('[2,2]')
  })

  it('is not fooled by what the engine compiled without them, or with others', async () => {
    const env = { NODE_COMPILE_CACHE: join(folder, 'compiled') }
    const out = async (...names: string[]) => (await run(names.map(fixture), env)).out
    const all = [await out(), await out(), await out('newest-item-last'), await out('item-as-text'), await out()]
    expect(all).toEqual(['[2,1]', '[2,1]', '[1,2]', '["2",1]', '[2,1]'])
  })

  it('needs nothing of the harness but the folder of the loader, which is all that a container has of it', async () => {
    const project = join(folder, 'project')
    for (const path of ['harness/selftest', 'system/apps/store/cart', 'node_modules/diff', 'package.json'])
      cpSync(path, join(project, path), { recursive: true })
    const program = readFileSync(join(folder, 'program.ts'), 'utf8').replace(process.cwd(), project)
    writeFileSync(join(project, 'program.ts'), program)
    const own = { loader: join(project, 'harness/selftest/loader.ts'), program: join(project, 'program.ts') }
    expect(await run([fixture('newest-item-last')], {}, own)).toEqual({ code: 0, out: '[1,2]', err: said })
  })

  it('does not start when one does not apply, or is not there', async () => {
    const { code, out, err } = await run([fixture('made-for-another-version')])
    expect([code, out]).toEqual([64, ''])
    expect(err).toMatch(/^squall: hunk 1 of 1 \(@@ .* @@\) of made-for-another-version\.diff does not apply to .*\n$/)
    expect(await run([fixture('none')])).toMatchObject({ code: 64, out: '' })
  })
})
