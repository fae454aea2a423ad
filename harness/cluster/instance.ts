export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

/** One program of a cluster that can be started again and again: a child process or a container. Its addresses stay the same. */
export interface Instance {
  /** Undefined for what is not a process of this machine. */
  readonly pid: number | undefined
  readonly running: boolean
  /** How it ended the last time. */
  readonly exit: Exit | undefined
  /** Does not wait until it is ready. */
  start(): Promise<void>
  /** Resolves with the exit code when it has ended; with the last one, when it did not run. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
  /** Nothing of it runs any more, and nothing is closed. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Takes it off its network, and brings it back under the same name. Throws NotSupported for what shares the network of the machine. */
  disconnect(): Promise<void>
  reconnect(): Promise<void>
}

export const endWithinMs = 10_000
