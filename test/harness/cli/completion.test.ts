import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../../../harness/cli/program.ts'
import { squall } from './support.ts'

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
  writeFileSync(join(folder, 'script'), (await squall(['completion', 'bash'])).out)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What bash offers for the last of these words. */
function offered(...words: string[]): string[] {
  const list = words.map((word) => `'${word}'`).join(' ')
  const text = `source ${folder}/script; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _squall; echo "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['--norc', '-c', text], { encoding: 'utf8', env: { PATH: process.env.PATH } })
    .trim()
    .split(' ')
}

describe('completion in bash', () => {
  it('offers every command', () => {
    expect(offered('squall', '')).toEqual(Object.keys(commands))
  })

  it('offers the options of a command, and their values', () => {
    expect(offered('squall', 'run', '--re')).toEqual(['--repeat', '--retries'])
    expect(offered('squall', 'run', '--pubsub', '')).toEqual(['mesh', 'redis'])
    expect(offered('squall', 'list', 'f')).toEqual(['faults'])
    expect(offered('squall', 'completion', '')).toEqual(['bash', 'zsh', 'fish'])
  })

  it('offers nothing where nobody knows what may come', () => {
    expect(offered('squall', 'run', '--jobs', '')).toEqual([''])
  })

  it('asks the program for the names of scenarios', () => {
    const program = join(folder, 'squall')
    writeFileSync(program, '#!/bin/sh\n[ "$2" = scenarios ] && echo "cart/two-tabs  both tabs"\n', { mode: 0o755 })
    expect(offered(program, 'run', 'cart/')).toEqual(['cart/two-tabs'])
  })
})

it.each(['zsh', 'fish'])('%s gets every command and option too', async (shell) => {
  const { code, out } = await squall(['completion', shell])
  expect(code).toBe(0)
  for (const { name, options } of Object.values(commands)) {
    expect(out).toContain(name)
    for (const { flags } of options) expect(out).toContain(flags.split(' ')[0]!.replace(/^--/, ''))
  }
})
