import type { Key } from './view.ts'

/** What terminals send for the keys that write nothing. */
const sequences: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x1b': 'escape',
  '\x03': 'interrupt',
  '\x04': 'interrupt',
  '\x1b[5~': 'pageup',
  '\x1b[A': 'pageup',
  '\x1b[D': 'pageup',
  '\x1b[6~': 'pagedown',
  '\x1b[B': 'pagedown',
  '\x1b[C': 'pagedown',
}

/** An escape sequence, or one character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals send them
const oneKey = /\x1b\[[\d;]*[A-Za-z~]|[\s\S]/g

/** The keys in what a terminal has sent, which may be several at once. Unknown sequences are left out. Pure. */
export const keysIn = (bytes: string): Key[] =>
  [...bytes.matchAll(oneKey)].flatMap(([sent]): Key[] => {
    const name = sequences[sent]
    if (name !== undefined) return [{ name }]
    return sent.length === 1 && sent >= ' ' ? [{ text: sent }] : []
  })
