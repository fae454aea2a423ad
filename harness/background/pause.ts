import type { Clock } from '../platform/clock.ts'

/** Sleeps that all end at once when it is time to stop. */
export interface Pause {
  readonly isOver: boolean
  sleep(delayMs: number): Promise<void>
  end(): void
}

export function createPause(clock: Clock): Pause {
  let end = () => {}
  let isOver = false
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return {
    get isOver() {
      return isOver
    },
    sleep(delayMs) {
      return new Promise((resolve) => {
        const cancel = clock.after(delayMs, resolve)
        void ended.then(() => {
          cancel()
          resolve()
        })
      })
    },
    end() {
      isOver = true
      end()
    },
  }
}
