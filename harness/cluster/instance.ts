export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

/** One program of a cluster that can be restarted: a child process or a container. Its addresses stay the same. */
export interface Instance {
  /** Undefined when it is not a process of this machine. */
  readonly pid: number | undefined
  readonly running: boolean
  /** How it ended last time. */
  readonly exit: Exit | undefined
  /** Does not wait until it is ready. */
  start(): Promise<void>
  /** Resolves with the exit code when it has ended; if it was not running, with the last exit code. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
  /** Suspends execution; connections stay open. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Detaches it from its network; `reconnect` restores it under the same name. Throws NotSupported for processes, which share the host's. */
  disconnect(): Promise<void>
  reconnect(): Promise<void>
}

export const endWithinMs = 10_000
