import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../../harness/cli/config.ts'
import { readTarget } from '../../../harness/cluster/remote/target.ts'
import { findRun, outFolder } from '../../../harness/runner/run-folder.ts'
import { squall } from './support.ts'

const parent = mkdtempSync(join(tmpdir(), 'squall-test-'))
afterAll(() => rmSync(parent, { recursive: true }))
let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(parent, 'own-'))
})

describe('init', () => {
  it('says what to do then with commands that work in that folder', async () => {
    const { out } = await squall(['init'], { cwd })
    const [, command = ''] = /^next: (.*squall) run$/m.exec(out) ?? []
    expect(resolve(cwd, command)).toBe(join(process.cwd(), 'squall'))
    const { out: more } = await squall(['new', 'scenario', 'own/second'], { cwd })
    expect(more).toContain(`next: ${command} run own/second\n`)
    const [, page = ''] = /^next: (\S+\.md) says/m.exec(more) ?? []
    expect(existsSync(resolve(cwd, page))).toBe(true)
  })

  it('makes a configuration whose suite has one scenario, and a target with the nodes that it was given', async () => {
    const urls = ['http://10.0.0.1:4000', 'http://10.0.0.2:4000']
    const { code } = await squall(['init', ...urls.flatMap((url) => ['--url', url])], { cwd })
    expect(code).toBe(0)
    const { out } = await squall(['list', 'suites', '--json'], { cwd })
    const own = JSON.parse(out).suites.find(({ name }: { name: string }) => name === 'own')
    expect(own.scenarios).toEqual(['own/client-comes-back'])
    expect(readTarget(join(cwd, 'squall/target.json'), []).nodes.map(({ url }) => url)).toEqual(urls)
  })

  it('makes what run then takes: a driver, a target and a folder for reports', async () => {
    await squall(['init'], { cwd })
    writeFileSync(join(cwd, 'squall/target.json'), '{ "nodes": [] }')
    const { code, err } = await squall(['run'], { cwd })
    expect(code).toBe(64)
    expect(err).toContain(`${join(cwd, 'squall/target.json')} does not describe a target: nodes: `)
  })

  it('is where every verb finds the runs then', async () => {
    await squall(['init'], { cwd })
    const config = (await readConfig({ cwd, root: process.cwd() }))!
    expect(outFolder({ root: process.cwd(), cwd, config })).toBe(join(cwd, 'squall/reports'))
    expect(outFolder({ root: process.cwd(), cwd, config }, 'mine')).toBe(join(cwd, 'mine'))
    const run = join(cwd, 'squall/reports/20261130T000000Z-own-0x5')
    mkdirSync(run, { recursive: true })
    writeFileSync(join(run, 'schedule.json'), '{}')
    expect(findRun('20261130T000000Z-own-0x5', { root: process.cwd(), cwd, config })).toBe(realpathSync(run))
  })

  it('overwrites nothing, and then writes nothing else either', async () => {
    writeFileSync(join(cwd, 'squall.config.ts'), '// mine')
    const { code, err } = await squall(['init'], { cwd })
    expect(code).toBe(64)
    expect(err).toMatch(/^squall: squall\.config\.ts is already there, and nothing was written; /)
    expect(readFileSync(join(cwd, 'squall.config.ts'), 'utf8')).toBe('// mine')
    expect(existsSync(join(cwd, 'squall'))).toBe(false)
  })

  it.each([
    [
      ['init', '--url', 'localhost:4000'],
      '--url takes the address of a node, such as http://127.0.0.1:4000; got "localhost:4000"',
    ],
    [
      ['init', process.cwd()],
      'init is for the folder of your own system, and this one is Squall itself; name another folder',
    ],
  ])('%j ends with one sentence and 64', async (words, sentence) => {
    expect(await squall(words, { cwd })).toEqual({ code: 64, out: '', err: `squall: ${sentence}\n` })
  })

  it('is where new puts scenarios then, and they are in the suite', async () => {
    await squall(['init'], { cwd })
    expect((await squall(['new', 'scenario', 'own/second'], { cwd })).out).toContain(
      'made squall/scenarios/own/second.ts',
    )
    expect((await squall(['list', 'scenarios'], { cwd })).out).toMatch(/^own\/second +second$/m)
  })
})
