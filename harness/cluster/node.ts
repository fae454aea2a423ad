import { readFileSync } from 'node:fs'
import type { NodeEnd } from '../history/manners.ts'
import { systemClock } from '../platform/clock.ts'
import { NotSupported } from '../platform/errors.ts'
import { until } from '../platform/until.ts'
import type { ControlClient } from './control-client.ts'
import type { Instance } from './instance.ts'

/** One server node, with ports that stay the same across restarts. */
export interface ClusterNode {
  readonly name: string
  readonly hasWeb: boolean
  /** Whether the node has a control port; without one it can be observed only from outside. */
  readonly hasControl: boolean
  /** What of the node's state can be read. A node of somebody else's system need not show any. */
  readonly shows: Shows
  /** Of its pages, as people reach them. */
  readonly origin: string
  /** What the node calls itself, such as in `from_node`. */
  readonly ownName: string
  readonly pid: number | undefined
  readonly running: boolean
  /** The web listener, not through a link. */
  readonly directUrl: string
  readonly port: number
  readonly controlPort: number
  readonly control: ControlClient
  readonly logFile: string | undefined
  readonly exit: Instance['exit']
  /** Resolves when the node responds to /health; rejects with the end of its log when it exits before that. */
  start(): Promise<void>
  ready(withinMs?: number): Promise<void>
  kill(): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  /** Detaches the node from its network in both directions. Throws NotSupported for a process. */
  disconnect(): Promise<void>
  reconnect(): Promise<void>
  /** How it ended each time that it was stopped or killed. */
  readonly ends: readonly NodeEnd[]
  /** Sends SIGTERM; returns the exit code. */
  terminate(): Promise<number | null>
  log(): string
}

export interface Shows {
  /** Connections, handled pushes and counters. */
  readonly state: boolean
  /** All that it holds. */
  readonly inventory: boolean
}

export interface NodeOptions {
  name: string
  instance: Instance
  /** The ports as the harness reaches them. */
  port: number
  controlPort: number
  control: ControlClient
  hasWeb: boolean
  /** Default: true. */
  hasControl?: boolean
  /** Default: everything, where there is a control port. */
  shows?: Shows
  /** Default: its port on loopback. */
  origin?: string
  /** Default: `name`. */
  ownName?: string
  /** Undefined when the log cannot be read. */
  logFile: string | undefined
}

const startWithinMs = 60_000

export function createNode(options: NodeOptions): ClusterNode {
  const { name, instance, port, controlPort, control, hasWeb, hasControl = true, logFile } = options
  const {
    shows = { state: hasControl, inventory: hasControl },
    ownName = name,
    origin = `http://127.0.0.1:${port}`,
  } = options
  const ends: NodeEnd[] = []
  const readLog = () => {
    if (logFile === undefined) throw new NotSupported(`nobody says where the log of ${name} is`)
    return readFileSync(logFile, 'utf8')
  }

  async function start() {
    await instance.start()
    await until<unknown>(() => instance.exit ?? control.health(3_000), {
      what: `${name} answers /health`,
      withinMs: startWithinMs,
      everyMs: 60,
    })
    if (instance.exit)
      throw new Error(`${name} ended with code ${instance.exit.code} while it started: ${lastLine(readLog())}`)
  }

  async function end(signal: NodeEnd['signal']) {
    const startedMs = systemClock.monotonicMs()
    const wasRunning = instance.running
    const record = (hasEnded: boolean, code: number | null) => {
      const tookMs = Math.round(systemClock.monotonicMs() - startedMs)
      if (wasRunning) ends.push({ signal, code, tookMs, hasEnded })
    }
    try {
      const code = await instance.end(signal)
      record(true, code)
      return code
    } catch (error) {
      record(false, null)
      throw error
    }
  }

  return {
    name,
    hasWeb,
    hasControl,
    shows,
    ownName,
    origin,
    port,
    controlPort,
    control,
    logFile,
    directUrl: `http://127.0.0.1:${port}`,
    get pid() {
      return instance.pid
    },
    get running() {
      return instance.running
    },
    get exit() {
      return instance.exit
    },
    start,
    ready: async (withinMs = startWithinMs) =>
      void (await until(async () => (await control.ready()).ready, { what: `${name} is ready`, withinMs })),
    kill: async () => void (await end('SIGKILL')),
    pause: instance.pause,
    resume: instance.resume,
    disconnect: instance.disconnect,
    reconnect: instance.reconnect,
    ends,
    terminate: () => end('SIGTERM'),
    log: readLog,
  }
}

/** A crash ends its log with a stack and a version: what it says is above them. */
function lastLine(text: string): string {
  const lines = text.trim().split('\n')
  return lines.findLast((line) => /^\w*Error\b.*: /.test(line)) ?? lines.at(-1) ?? ''
}
