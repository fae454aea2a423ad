import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { NotSupported } from '../../platform/errors.ts'
import type { Instance } from '../instance.ts'
import type { CommandName, Commands } from './target.ts'

const commandWithinMs = 60_000

/** Runs a command of the target. Rejects with the last line of its output. */
export async function runCommand(command: string, folder: string) {
  await promisify(execFile)('sh', ['-c', command], { cwd: folder, timeout: commandWithinMs }).catch((error) => {
    const said = String(error.stderr || error.message).trim()
    throw new Error(`the command "${command}" of the target failed: ${said.split('\n').at(-1)}`)
  })
}

/** A program that was started outside the harness and is controlled by commands. It is assumed to be running. */
export function createCommanded(what: string, commands: Commands, folder: string): Instance {
  let running = true
  const command = async (name: CommandName) => {
    const line = commands[name]
    if (!line) throw new NotSupported(`the target names no command to ${name} ${what}`)
    await runCommand(line, folder)
  }
  return {
    pid: undefined,
    exit: undefined,
    get running() {
      return running
    },
    async start() {
      await command('start')
      running = true
    },
    async end(signal) {
      await command(signal === 'SIGKILL' ? 'kill' : 'stop')
      running = false
      return null
    },
    pause: () => command('pause'),
    resume: () => command('resume'),
    disconnect: () => command('disconnect'),
    reconnect: () => command('reconnect'),
  }
}
