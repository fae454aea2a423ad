import { styleText } from 'node:util'

export type Palette = Record<'passed' | 'violated' | 'unknown' | 'flaky' | 'soft', (text: string) => string>

const styles = { passed: 'green', violated: 'red', unknown: 'yellow', flaky: 'magenta', soft: 'dim' } as const

/** Returns the terminal colours, or functions that add no colour. */
export function palette(color: boolean): Palette {
  // The caller has already checked whether the output is a terminal.
  const paint = (style: keyof typeof styles) => (text: string) =>
    color ? styleText(styles[style], text, { validateStream: false }) : text
  return {
    passed: paint('passed'),
    violated: paint('violated'),
    unknown: paint('unknown'),
    flaky: paint('flaky'),
    soft: paint('soft'),
  }
}

/** The colours of what goes to stdout: none in a file. */
export const resultPalette = ({ isResultTty = false, env }: ResultTerminal): Palette =>
  palette(wantsColor(isResultTty, env))

interface ResultTerminal {
  isResultTty?: boolean
  env: Record<string, string | undefined>
}

/** Colour is used only on a terminal; a non-empty `NO_COLOR` disables it. */
export const wantsColor = (isTty: boolean, env: Record<string, string | undefined>): boolean =>
  isTty && !env.NO_COLOR && env.TERM !== 'dumb'
