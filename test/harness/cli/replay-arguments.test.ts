import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { replayArguments } from '../../../harness/cli/run.ts'
import { quietIo } from './support.ts'

const cwd = mkdtempSync(join(tmpdir(), 'squall-test-'))
afterAll(() => rmSync(cwd, { recursive: true }))
mkdirSync(join(cwd, 'mine'))
writeFileSync(join(cwd, 'mine/one.ts'), '')
const io = quietIo({ cwd })

it('a replay names where the system is, as a path from here', () => {
  expect(replayArguments({ target: join(cwd, 'squall/target.json') }, io)).toEqual(['--target', 'squall/target.json'])
  expect(replayArguments({ target: 'compose' }, io)).toEqual(['--target', 'compose'])
})

it('and where scenarios of my own are, however they were named', () => {
  const wanted = ['--scenarios', 'mine']
  expect(replayArguments({ scenarios: ['./mine'] }, io)).toEqual(wanted)
  expect(replayArguments({ names: ['mine/one.ts', './mine', 'smoke'] }, io)).toEqual(wanted)
})

it('but nothing where the recording says it all', () => {
  expect(replayArguments({ names: ['store/stock', 'scenarios/cart/two-tabs.ts'] }, quietIo())).toEqual([])
})
