import { UsageError } from '../../platform/errors.ts'
import { orNearest } from '../../platform/nearest.ts'
import type { Command } from '../command.ts'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { wordsOf } from './words.ts'
import { zshScript } from './zsh.ts'

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const
type Shell = keyof typeof scripts
const shells = Object.keys(scripts)

const isShell = (name: string): name is Shell => Object.hasOwn(scripts, name)

/** Prints a script that completes the words of every command: made from the commands themselves, so it never lags behind. */
export const completionOf = (commands: () => Readonly<Record<string, Command>>): Command => ({
  name: 'completion',
  argument: '<shell>',
  argumentHelp: ['bash, zsh or fish'],
  summary: 'print the completion of commands, options and names for bash, zsh or fish',
  completes: shells,
  options: [],
  async run([shell = ''], _options, io) {
    if (!isShell(shell))
      throw new UsageError(
        `there is no completion for ${shell}${orNearest(shell, shells)}; there is one for ${shells.join(', ')}`,
      )
    io.out(scripts[shell](wordsOf(Object.values(commands()))))
    return 0
  },
})
