import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findBrowser, findHeadlessShell } from '../../../harness/clients/find-browser.ts'
import { EnvironmentMissing } from '../../../harness/platform/errors.ts'

let folder: string
let program: string
let text: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
  program = join(folder, 'chromium')
  text = join(folder, 'notes.txt')
  writeFileSync(program, '#!/bin/sh\n')
  chmodSync(program, 0o755)
  writeFileSync(text, 'no program')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('findBrowser', () => {
  it('takes the one that the environment names', () => {
    expect(findBrowser({ SQUALL_BROWSER: program, PATH: '' })).toBe(program)
  })

  it('does not fall back when the named one is missing or no program: that would hide a mistake', () => {
    for (const path of [join(folder, 'missing'), text])
      expect(() => findBrowser({ SQUALL_BROWSER: path, PATH: folder })).toThrow(EnvironmentMissing)
  })

  it('says what is wrong in one sentence that names the variable', () => {
    expect(() => findBrowser({ SQUALL_BROWSER: '/nowhere' })).toThrow(/SQUALL_BROWSER names \/nowhere/)
  })
})

describe('findHeadlessShell', () => {
  const place = (...path: string[]) => {
    const file = join(folder, ...path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, '#!/bin/sh\n')
    chmodSync(file, 0o755)
    return file
  }

  it('takes the one beside the browser of Playwright, of the same version', () => {
    place('chromium_headless_shell-6', 'linux', 'headless_shell')
    const shell = place('chromium_headless_shell-7', 'linux', 'headless_shell')
    expect(findHeadlessShell({ PATH: '' }, join(folder, 'chromium-7', 'linux', 'chrome'))).toBe(shell)
  })

  it('takes the one on the PATH', () => {
    const shell = place('bin', 'chromium-headless-shell')
    expect(findHeadlessShell({ PATH: join(folder, 'bin') }, '/nowhere/chrome')).toBe(shell)
  })

  it('is none where there is none, and where a browser is named', () => {
    expect(findHeadlessShell({ PATH: folder }, join(folder, 'chromium-8', 'linux', 'chrome'))).toBeUndefined()
    expect(findHeadlessShell({ PATH: join(folder, 'bin'), SQUALL_BROWSER: program }, '/nowhere/chrome')).toBeUndefined()
  })
})
