import { styleText } from 'node:util'

export type Palette = Record<'passed' | 'violated' | 'unknown' | 'soft', (text: string) => string>

const styles = { passed: 'green', violated: 'red', unknown: 'yellow', soft: 'dim' } as const

/** Colours of the terminal, or none at all. */
export function palette(color: boolean): Palette {
  // Whoever asks has looked at the terminal already.
  const paint = (style: keyof typeof styles) => (text: string) =>
    color ? styleText(styles[style], text, { validateStream: false }) : text
  return { passed: paint('passed'), violated: paint('violated'), unknown: paint('unknown'), soft: paint('soft') }
}

/** Colour only on a terminal; `NO_COLOR` (any value but none) forbids it. */
export const wantsColor = (isTty: boolean, env: Record<string, string | undefined>): boolean =>
  isTty && !env.NO_COLOR && env.TERM !== 'dumb'
