import { execFileSync } from 'node:child_process'

/** Returns the commit of the code, followed by ` with changes` when the working copy is not clean; null where there is no git. */
export function commitOf(root: string): string | null {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const isClean = git('status', '--porcelain', '--', 'system', 'harness', 'scenarios', 'package-lock.json') === ''
    return `${git('rev-parse', 'HEAD')}${isClean ? '' : ' with changes'}`
  } catch {
    return null
  }
}
