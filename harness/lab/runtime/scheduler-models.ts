/** How actors that are ready to run reach the cores (RT-56). */
export type SchedulerModel = 'one scheduler' | 'one queue' | 'stealing'

export interface SchedulerLoad {
  cores: number
  /** Turns of actors, all of which are ready at once; the first scheduler has put them into its queue. */
  turns: number
  /** Of one turn. */
  workUs: number
  /** To take an actor from a queue that others use too, under its lock; nobody else can take one meanwhile. */
  lockedUs: number
}

/** From a queue that is the scheduler's own, no lock is needed. */
const ownTakeUs = 0.1

/** Returns turns per ms of simulated time. Pure. */
export function simulateScheduler(model: SchedulerModel, load: SchedulerLoad): number {
  const endUs = { 'one scheduler': alone, 'one queue': sharing, stealing }[model](load)
  return (1_000 * load.turns) / endUs
}

const alone = ({ turns, workUs }: SchedulerLoad) => turns * (ownTakeUs + workUs)

/** All take from one queue, one after the other. */
function sharing({ cores, turns, workUs, lockedUs }: SchedulerLoad): number {
  const freeAtUs = new Array<number>(cores).fill(0)
  let lockFreeAtUs = 0
  for (let turn = 0; turn < turns; turn += 1) {
    const core = earliest(freeAtUs)
    lockFreeAtUs = Math.max(freeAtUs[core]!, lockFreeAtUs) + lockedUs
    freeAtUs[core] = lockFreeAtUs + workUs
  }
  return Math.max(...freeAtUs)
}

/** Each takes from its own queue, and half of the longest one when it is empty. */
function stealing({ cores, turns, workUs, lockedUs }: SchedulerLoad): number {
  const freeAtUs = new Array<number>(cores).fill(0)
  const queues = new Array<number>(cores).fill(0).with(0, turns)
  for (let left = turns; left > 0; ) {
    const core = earliest(freeAtUs)
    if (queues[core] === 0) {
      freeAtUs[core]! += lockedUs
      steal(queues, core)
      // With a single turn left there is nothing to halve, and nothing to do for this scheduler.
      if (queues[core] === 0) freeAtUs[core] = Number.POSITIVE_INFINITY
      continue
    }
    queues[core]! -= 1
    left -= 1
    freeAtUs[core]! += ownTakeUs + workUs
  }
  return Math.max(...freeAtUs.filter(Number.isFinite))
}

function steal(queues: number[], thief: number) {
  const victim = queues.indexOf(Math.max(...queues))
  const half = Math.floor(queues[victim]! / 2)
  queues[victim]! -= half
  queues[thief]! += half
}

const earliest = (freeAtUs: readonly number[]) => freeAtUs.indexOf(Math.min(...freeAtUs))
