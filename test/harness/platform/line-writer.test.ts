import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { openLineWriter } from '../../../harness/platform/line-writer.ts'
import { linesOf } from '../../../harness/platform/lines.ts'
import { createFakeClock } from '../../support/channel-case.ts'

const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
const file = join(folder, 'history.ndjson')
const written = () => readFileSync(file, 'utf8')
beforeEach(() => writeFileSync(file, ''))
afterAll(() => rmSync(folder, { recursive: true }))

describe('lines that are written in batches', () => {
  it('are in the file at most 200 ms later, and not one by one', async () => {
    const clock = createFakeClock()
    const writer = openLineWriter({ file, clock })
    writer.append('one')
    await clock.advance(60)
    writer.append('two')
    expect(written()).toBe('')
    await clock.advance(60)
    expect(written()).toBe('one\ntwo\n')
    writer.append('three')
    await clock.advance(200)
    expect(written()).toBe('one\ntwo\nthree\n')
    writer.close()
  })

  it('do not wait for a timer that comes late, because the process is busy', () => {
    const clock = createFakeClock()
    const writer = openLineWriter({ file, clock })
    writer.append('one')
    clock.stall(150)
    writer.append('two')
    expect(written()).toBe('one\ntwo\n')
    writer.close()
  })

  it('are all there after closing, in their order, however many', () => {
    const writer = openLineWriter({ file, clock: createFakeClock() })
    const lines = Array.from({ length: 50_000 }, (_, index) => `{"index":${index},"text":"größer"}`)
    for (const line of lines) writer.append(line)
    writer.close()
    expect(written()).toBe(`${lines.join('\n')}\n`)
    expect([...linesOf(file)].map(({ line }) => line)).toEqual(lines)
  })

  it('take nothing more once they are closed', async () => {
    const clock = createFakeClock()
    const writer = openLineWriter({ file, clock })
    writer.append('one')
    writer.close()
    writer.append('two')
    await clock.advance(1_000)
    expect(written()).toBe('one\n')
  })

  it('do not grow in memory: a large batch is written at once', () => {
    const writer = openLineWriter({ file, clock: createFakeClock() })
    writer.append('x'.repeat(300_000))
    expect(written()).toHaveLength(300_001)
    writer.close()
  })
})

describe('lines that are read piece by piece', () => {
  it('are whole, also where a piece ends within a line or a character', () => {
    const lines = ['a'.repeat(1024 * 1024 - 1), 'ü'.repeat(1024 * 1024), '', 'end']
    writeFileSync(file, `${lines.join('\n')}\n`)
    expect([...linesOf(file)]).toEqual(lines.map((line) => ({ line, isComplete: true })))
  })

  it('say when the last one has no end', () => {
    writeFileSync(file, 'one\ntwo')
    expect([...linesOf(file)]).toEqual([
      { line: 'one', isComplete: true },
      { line: 'two', isComplete: false },
    ])
  })
})
