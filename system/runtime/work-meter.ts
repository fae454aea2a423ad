import type { Clock } from '../platform/clock.ts'

/** Whoever work is charged to: an actor, by its identity. */
type Worker = object

/**
 * Measures how long each actor keeps the event loop busy (RT-57). A handler that runs inside another's, because it was sent a message there,
 * is charged to its own actor alone. What a handler does after an `await` is charged to nobody. Off until somebody looks: an actor then
 * pays one comparison for each message.
 */
export class WorkMeter {
  isOn = false
  private readonly clock: Pick<Clock, 'monotonicMs'>
  private readonly totalsMs = new WeakMap<Worker, number>()
  private running: Worker | undefined
  private sinceMs = 0

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.clock = clock
  }

  /** What has been measured so far is kept when it is turned off. */
  turn(isOn: boolean) {
    this.isOn = isOn
    this.running = undefined
  }

  /** From now on the time is this one's. Returns whose it was, for `end`. */
  begin(worker: Worker): Worker | undefined {
    const outer = this.running
    this.passTo(worker)
    return outer
  }

  end(outer: Worker | undefined) {
    this.passTo(outer)
  }

  /** In ms. */
  workMs = (worker: Worker): number => this.totalsMs.get(worker) ?? 0

  private passTo(next: Worker | undefined) {
    const nowMs = this.clock.monotonicMs()
    const { running } = this
    if (running) this.totalsMs.set(running, this.workMs(running) + nowMs - this.sinceMs)
    this.running = next
    this.sinceMs = nowMs
  }
}
