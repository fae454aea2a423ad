import type { ReadStream, WriteStream } from 'node:tty'

/** A terminal whose whole screen is drawn, and that says which keys are pressed. */
export interface Terminal {
  size(): { columns: number; rows: number }
  /** Draws these lines in place of what stands there. */
  draw(lines: readonly string[]): void
  /** Takes the screen over until the returned function gives it back, as it was before. */
  open(listeners: { onKeys(bytes: string): void; onResize(): void }): () => void
}

const enter = '\x1b[?1049h\x1b[?25l'
const leave = '\x1b[?25h\x1b[?1049l'
const home = '\x1b[H'
const restOfLine = '\x1b[K'
const restOfScreen = '\x1b[J'

type Target = Pick<NodeJS.Process, 'on' | 'off'>

/** Gives the screen back also when the process ends in another way, such as by a crash. */
export function createTerminal(input: ReadStream, output: WriteStream, target: Target): Terminal {
  return {
    size: () => ({ columns: output.columns || 80, rows: output.rows || 24 }),
    draw: (lines) =>
      void output.write(`${home}${lines.map((line) => `${line}${restOfLine}`).join('\r\n')}${restOfScreen}`),
    open({ onKeys, onResize }) {
      let isOpen = true
      const close = () => {
        if (!isOpen) return
        isOpen = false
        input.off('data', onKeys)
        output.off('resize', onResize)
        target.off('exit', close)
        input.setRawMode(false)
        input.pause()
        output.write(leave)
      }
      target.on('exit', close)
      input.setEncoding('utf8')
      input.setRawMode(true)
      input.resume()
      input.on('data', onKeys)
      output.on('resize', onResize)
      output.write(enter)
      return close
    },
  }
}
