import stringWidth from 'string-width'
import { expect, it } from 'vitest'
import { createLiveArea } from '../../../harness/reporters/live-area.ts'

const esc = String.fromCharCode(27)
const controls = new RegExp(`${esc}\\[(\\d+)A${esc}\\[0J|([^${esc}]+)`, 'g')

/** A terminal that knows what these few control sequences do to its rows. */
function terminal(columns: number, rows = 24) {
  const size = { columns, rows }
  let lines: string[] = ['']
  const write = (text: string) => {
    for (const [, up, plain] of text.matchAll(controls)) {
      if (up) lines = [...lines.slice(0, lines.length - 1 - Number(up)), '']
      for (const [index, part] of (plain ?? '').split('\n').entries()) {
        if (index > 0) lines.push('')
        for (const char of part) {
          if (stringWidth(lines.at(-1)! + char) > size.columns) lines.push('')
          lines[lines.length - 1] += char
        }
      }
    }
  }
  /** Narrower: what was wider than that is wrapped. */
  const resize = (narrower: number) => {
    size.columns = narrower
    lines = lines.flatMap((line) => line.match(new RegExp(`.{1,${narrower}}`, 'g')) ?? [''])
  }
  return { write, resize, size: () => size, lines: () => lines.filter((line) => line !== '') }
}

it('leaves no debris of a line that is wider than the terminal', () => {
  const screen = terminal(40)
  const live = createLiveArea(screen.write, screen.size)
  live.draw(['x'.repeat(130), '1 of 2'], 'first\n')
  live.draw(['y'.repeat(130), '1 of 2'])
  expect(screen.lines()).toEqual(['first', `${'y'.repeat(38)}…`, '1 of 2'])
  live.erase()
  expect(screen.lines()).toEqual(['first'])
})

it('counts characters of two columns as two', () => {
  const screen = terminal(10)
  const live = createLiveArea(screen.write, screen.size)
  live.draw(['靴靴靴靴靴靴靴靴'])
  expect(stringWidth(screen.lines()[0]!)).toBeLessThan(10)
  live.erase()
  expect(screen.lines()).toEqual([])
})

it('leaves no debris after the terminal has become narrower', () => {
  const screen = terminal(80)
  const live = createLiveArea(screen.write, screen.size)
  live.draw(['z'.repeat(79), '1 of 2'], 'first\n')
  screen.resize(30)
  live.draw(['short', '2 of 2'])
  expect(screen.lines()).toEqual(['first', 'short', '2 of 2'])
})

it('draws no more lines than the terminal has', () => {
  const screen = terminal(40, 4)
  const live = createLiveArea(screen.write, screen.size)
  live.draw(['a', 'b', 'c', 'd', 'e'])
  expect(screen.lines()).toEqual(['c', 'd', 'e'])
})
