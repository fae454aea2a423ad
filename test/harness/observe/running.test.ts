import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findRunning, noteRunning } from '../../../harness/observe/running.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-running-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const note = (name: string, pid: number) => {
  mkdirSync(join(folder, name))
  noteRunning(join(folder, name), { pid, controlSecret: 's', nodes: [{ name: 'n1', control: 'http://127.0.0.1:1' }] })
}

describe('the clusters of "squall up" that run', () => {
  it('are found, without those whose process has ended', () => {
    note('squall-one', 1)
    note('squall-two', 2)
    mkdirSync(join(folder, 'squall-run-without-a-note'))
    mkdirSync(join(folder, 'squall-broken'))
    writeFileSync(join(folder, 'squall-broken', 'up.json'), '{')
    note('other', 3)
    expect(findRunning(folder, (pid) => pid !== 2).map(({ pid }) => pid)).toEqual([1])
  })

  it('leave their secret to nobody but their owner', () => {
    note('squall-one', 1)
    expect(statSync(join(folder, 'squall-one', 'up.json')).mode & 0o777).toBe(0o600)
  })
})
