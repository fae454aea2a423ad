export type Palette = Record<'passed' | 'violated' | 'unknown' | 'soft', (text: string) => string>

const codes = { passed: 32, violated: 31, unknown: 33, soft: 2 } as const

/** Colours of the terminal, or none at all. */
export function palette(color: boolean): Palette {
  const paint = (code: number) => (text: string) => (color ? `\x1b[${code}m${text}\x1b[0m` : text)
  return {
    passed: paint(codes.passed),
    violated: paint(codes.violated),
    unknown: paint(codes.unknown),
    soft: paint(codes.soft),
  }
}

/** Colour only on a terminal; `NO_COLOR` (any value but none) forbids it. */
export const wantsColor = (isTty: boolean, env: Record<string, string | undefined>): boolean =>
  isTty && !env.NO_COLOR && env.TERM !== 'dumb'
