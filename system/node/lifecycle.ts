/** Something that runs for as long as the node does. */
export interface Part {
  name: string
  start?(): unknown
  /** Also called when `start` failed or has not finished. */
  stop?(): unknown
}

/** Starts parts one after the other, and stops in reverse order those that were started. */
export interface Lifecycle {
  /** Rejects with the first failure, after everything that was started has been stopped. Resolves early when `stop` is called meanwhile. */
  start(): Promise<void>
  /** Stops every part, even when one of them fails; rejects then with the first failure. */
  stop(): Promise<void>
}

export function createLifecycle(parts: readonly Part[]): Lifecycle {
  const begun: Part[] = []
  let isStopping = false

  async function startAll() {
    for (const part of parts) {
      if (isStopping) return
      begun.push(part)
      await part.start?.()
    }
  }

  async function stopAll() {
    isStopping = true
    const failures: unknown[] = []
    for (let part = begun.pop(); part; part = begun.pop())
      try {
        await part.stop?.()
      } catch (error) {
        failures.push(error)
      }
    if (failures.length > 0) throw failures[0]
  }

  return {
    async start() {
      try {
        await startAll()
      } catch (error) {
        // What is stopped while it starts may fail: that is no failure of the start.
        if (isStopping) return
        await stopAll().catch(() => {})
        throw error
      }
    },
    stop: stopAll,
  }
}
