import { relative, sep } from 'node:path'
import { shellWord } from './plain-text.ts'

interface CalledFrom {
  /** The folder in which somebody types. */
  cwd: string
  /** The folder of Squall. */
  root: string
  env: Record<string, string | undefined>
}

/** Returns the command that starts Squall in a folder: `./squall`, a path such as `../squall/squall`, or what its launcher was called as. Pure. */
export function toolCommand({ cwd, root, env }: CalledFrom): string {
  if (env.SQUALL_COMMAND) return env.SQUALL_COMMAND
  const away = relative(cwd, root)
  const launcher = [...(away === '' ? ['.'] : [away]), 'squall'].join(sep)
  const absolute = `${root.replace(/\/$/, '')}/squall`
  return shellWord(launcher.length <= absolute.length ? launcher : absolute)
}
