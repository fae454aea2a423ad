import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { until } from '../platform/until.ts'
import type { Leases } from '../runner/leases.ts'
import { type ControlClient, createControlClient } from './control-client.ts'

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

/** One server node: a child process with ports that stay the same across restarts. */
export interface ClusterNode {
  readonly name: string
  readonly hasWeb: boolean
  readonly pid: number | undefined
  readonly running: boolean
  /** The web listener, not through a link. */
  readonly directUrl: string
  readonly port: number
  readonly controlPort: number
  readonly control: ControlClient
  readonly logFile: string
  readonly exit: Exit | undefined
  /** Resolves when the process answers /health; rejects with the end of its log when it ends before that. */
  start(): Promise<void>
  ready(withinMs?: number): Promise<void>
  kill(): Promise<void>
  pause(): void
  resume(): void
  /** SIGTERM; answers the exit code. */
  terminate(): Promise<number | null>
  log(): string
}

export interface NodeOptions {
  name: string
  port: number
  controlPort: number
  controlSecret: string
  env: Record<string, string>
  logFile: string
  leases: Leases
}

const mainScript = fileURLToPath(new URL('../../system/main.ts', import.meta.url))
const startWithinMs = 20_000
const terminateWithinMs = 10_000

export function createNode({ name, port, controlPort, controlSecret, env, logFile, leases }: NodeOptions): ClusterNode {
  const control = createControlClient(`http://127.0.0.1:${controlPort}`, controlSecret)
  let child: ChildProcess | undefined
  let exit: Exit | undefined
  const readLog = () => readFileSync(logFile, 'utf8')

  async function start() {
    if (child) throw new Error(`${name} runs already`)
    exit = undefined
    const log = openSync(logFile, 'a')
    const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', mainScript], {
      env,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    child = started
    started.once('exit', (code, signal) => {
      if (child === started) child = undefined
      exit = { code, signal }
      leases.releaseProcess(started.pid!)
    })
    leases.holdProcess(started.pid!, `node ${name}`)
    const ended = () => exit
    await until<unknown>(() => ended() ?? control.health(1_000), {
      what: `${name} answers /health`,
      withinMs: startWithinMs,
      everyMs: 60,
    })
    const early = ended()
    if (early) throw new Error(`${name} ended with code ${early.code} while it started: ${lastLine(readLog())}`)
  }

  async function end(signal: NodeJS.Signals, withinMs: number): Promise<number | null> {
    const running = child
    if (!running) return exit?.code ?? null
    running.kill(signal)
    await until(() => child !== running, { what: `${name} ends after ${signal}`, withinMs, everyMs: 20 })
    return exit?.code ?? null
  }

  return {
    name,
    hasWeb: env.WEB !== 'off',
    port,
    controlPort,
    control,
    logFile,
    directUrl: `http://127.0.0.1:${port}`,
    get pid() {
      return child?.pid
    },
    get running() {
      return child !== undefined
    },
    get exit() {
      return exit
    },
    start,
    ready: async (withinMs = startWithinMs) =>
      void (await until(async () => (await control.ready()).ready, { what: `${name} is ready`, withinMs })),
    kill: async () => void (await end('SIGKILL', terminateWithinMs)),
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    terminate: () => end('SIGTERM', terminateWithinMs),
    log: readLog,
  }
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? ''
