import { EventEmitter } from 'node:events'
import type { ReadStream, WriteStream } from 'node:tty'
import { describe, expect, it } from 'vitest'
import { createTerminal } from '../../../harness/platform/terminal.ts'

function setUp() {
  const target = new EventEmitter()
  const state = { isRaw: false, isReading: false, written: '' }
  const input = Object.assign(new EventEmitter(), {
    setEncoding: () => {},
    setRawMode: (isRaw: boolean) => {
      state.isRaw = isRaw
    },
    resume: () => {
      state.isReading = true
    },
    pause: () => {
      state.isReading = false
    },
  })
  const output = Object.assign(new EventEmitter(), {
    columns: 100,
    rows: 30,
    write: (text: string) => {
      state.written += text
    },
  })
  const terminal = createTerminal(
    input as unknown as ReadStream,
    output as unknown as WriteStream,
    target as unknown as NodeJS.Process,
  )
  const keys: string[] = []
  const close = terminal.open({ onKeys: (bytes) => keys.push(bytes), onResize: () => keys.push('resize') })
  const listeners = () => target.listenerCount('exit') + input.listenerCount('data') + output.listenerCount('resize')
  return { terminal, state, target, input, output, keys, close, listeners }
}

const hasShownCursorAndLeft = (written: string) => written.endsWith('\x1b[?25h\x1b[?1049l')

describe('a terminal whose whole screen is taken', () => {
  it('reads keys as they are pressed, and hears of another size', () => {
    const { state, input, output, keys, terminal, close } = setUp()
    expect(state).toMatchObject({ isRaw: true, isReading: true })
    input.emit('data', 'r')
    output.emit('resize')
    expect(keys).toEqual(['r', 'resize'])
    expect(terminal.size()).toEqual({ columns: 100, rows: 30 })
    close()
  })

  it('is as it was before when it is given back, once', () => {
    const { state, close, listeners } = setUp()
    close()
    const { written } = state
    close()
    expect(state).toMatchObject({ isRaw: false, isReading: false, written })
    expect(hasShownCursorAndLeft(written)).toBe(true)
    expect(listeners()).toBe(0)
  })

  it('is as it was before when the process ends in another way', () => {
    const { state, target } = setUp()
    target.emit('exit', 70)
    expect(state.isRaw).toBe(false)
    expect(hasShownCursorAndLeft(state.written)).toBe(true)
  })

  it('clears what stood behind each line and below the last', () => {
    const { state, terminal, close } = setUp()
    state.written = ''
    terminal.draw(['one', 'two'])
    expect(state.written).toBe('\x1b[Hone\x1b[K\r\ntwo\x1b[K\x1b[J')
    close()
  })
})
