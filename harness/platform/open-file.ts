import { spawn } from 'node:child_process'
import type { Io } from './io.ts'
import { isProgram, onPath } from './programs.ts'

const openers: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

/** Without one of these a Linux machine has nowhere to show a window. */
const displays = ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME']

/** Opens a file with the program that people have chosen for it, or the one that BROWSER names, and does not wait for it. Says so when it cannot. */
export function openFile(path: string, { env, err }: Pick<Io, 'env' | 'err'>) {
  const [name, ...words] = env.BROWSER ? [env.BROWSER] : (openers[process.platform] ?? ['xdg-open'])
  const program = isProgram(name!) ? name! : onPath([name!], env).find(isProgram)
  const isHidden = name === 'xdg-open' && !displays.some((one) => env[one])
  if (program === undefined || isHidden) {
    const missing = program === undefined ? name : 'display'
    return err(
      `squall: cannot open ${path}, because there is no ${missing}; open it yourself, or name a program with BROWSER\n`,
    )
  }
  spawn(program, [...words, path], { detached: true, stdio: 'ignore', env: env as NodeJS.ProcessEnv })
    .on('error', (error) => err(`squall: cannot open ${path}: ${error.message}\n`))
    .unref()
}
