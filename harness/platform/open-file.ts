import { spawn } from 'node:child_process'
import type { Io } from './io.ts'
import { isProgram, onPath } from './programs.ts'

const openers: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

/** Opens a file with the program that people have chosen for it, or the one that BROWSER names, and does not wait for it. Says so when there is none. */
export function openFile(path: string, { env, err }: Pick<Io, 'env' | 'err'>) {
  const [name, ...words] = env.BROWSER ? [env.BROWSER] : (openers[process.platform] ?? ['xdg-open'])
  const program = isProgram(name!) ? name! : onPath([name!], env).find(isProgram)
  if (program === undefined)
    return err(
      `squall: cannot open ${path}, because there is no ${name}; open it yourself, or name a program with BROWSER\n`,
    )
  spawn(program, [...words, path], { detached: true, stdio: 'ignore', env: env as NodeJS.ProcessEnv })
    .on('error', (error) => err(`squall: cannot open ${path}: ${error.message}\n`))
    .unref()
}
