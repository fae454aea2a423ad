import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Leases } from '../../leases/leases.ts'
import { family, signalAll } from '../../leases/processes.ts'
import { NotSupported } from '../../platform/errors.ts'
import { until } from '../../platform/until.ts'
import { type Exit, endWithinMs, type Instance } from '../instance.ts'

export interface ChildOptions {
  /** Name for people, such as `node n1`. */
  what: string
  program: string
  args: readonly string[]
  env?: Record<string, string>
  /** The user that runs the child. Default: the user of the harness. */
  user?: { uid: number; gid: number } | undefined
  logFile: string
  beforeStart?(): Promise<void>
  leases: Pick<Leases, 'holdProcess' | 'releaseProcess'>
}

const sharesNetwork = async () => {
  throw new NotSupported('a process shares the network of its machine; use --driver container')
}

/** A child process and all of its descendants: a kill or a pause affects all of them. */
export function createChild(options: ChildOptions): Instance {
  const { what, program, args, env, user, logFile, leases, beforeStart } = options
  let child: ChildProcess | undefined
  let exit: Exit | undefined
  let isStarting = false

  async function start() {
    if (child || isStarting) throw new Error(`${what} runs already`)
    exit = undefined
    isStarting = true
    try {
      await beforeStart?.()
    } finally {
      isStarting = false
    }
    const log = openSync(logFile, 'a')
    // The child has its own process group, so that Ctrl-C reaches only the harness, which then heals and stops everything in order.
    const started = spawn(program, args, {
      ...user,
      cwd: '/',
      ...(env && { env }),
      detached: true,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    child = started
    started.once('exit', (code, signal) => {
      if (child === started) child = undefined
      exit = { code, signal }
      if (started.pid) leases.releaseProcess(started.pid)
    })
    await new Promise((resolve, reject) => started.once('spawn', resolve).once('error', reject))
    leases.holdProcess(started.pid!, what)
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL') {
    const running = child
    if (!running?.pid) return exit?.code ?? null
    if (signal === 'SIGKILL') signalAll(family(running.pid), signal)
    else running.kill(signal)
    await until(() => child !== running, { what: `${what} ends after ${signal}`, withinMs: endWithinMs, everyMs: 20 })
    return exit?.code ?? null
  }

  const signal = async (name: NodeJS.Signals) => {
    if (child?.pid) signalAll(family(child.pid), name)
  }
  return {
    get pid() {
      return child?.pid
    },
    get running() {
      return child !== undefined || isStarting
    },
    get exit() {
      return exit
    },
    start,
    end,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    disconnect: sharesNetwork,
    reconnect: sharesNetwork,
  }
}
