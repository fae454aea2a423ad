import type { LoadReading } from '../platform/load.ts'

type Kind = 'loop' | 'thread' | 'core'

/** What keeps a core of the machine busy: an event loop, a thread, or the core itself. */
export interface LoadLine {
  name: string
  kind: Kind
  /** Shares of the time from 0 to 1, the newest last; null where it was not there. */
  shares: (number | null)[]
}

export interface ThreadLoad {
  name: string
  utilization: number
}

interface Point {
  name: string
  kind: Kind
  share: number
}

/** Three minutes at one sample a second. */
const samplesMax = 180

/** The load of the last minutes, a line for each event loop, thread and core (RT-72). */
export function createLoadHistory() {
  let samples: Point[][] = []
  let newest: LoadReading | undefined

  function lineOf({ name, kind }: Point): LoadLine {
    const shares = samples.map((points) => points.find((point) => point.name === name)?.share ?? null)
    return { name, kind, shares }
  }

  return {
    add(reading: LoadReading, threads: readonly ThreadLoad[]) {
      newest = reading
      samples = [...samples.slice(1 - samplesMax), pointsOf(reading, threads)]
    },
    lines(): LoadLine[] {
      const points = new Map(samples.flatMap((sample) => sample.map((point) => [point.name, point])))
      const order: Kind[] = ['loop', 'thread', 'core']
      return [...points.values()].sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind)).map(lineOf)
    },
    /** How much later than they should timers of the event loop ran in the newest sample. */
    lag: () => ({ meanMs: newest?.lagMeanMs ?? 0, maxMs: newest?.lagMaxMs ?? 0 }),
    clear() {
      samples = []
      newest = undefined
    },
  }
}

const pointsOf = ({ loop, cores }: LoadReading, threads: readonly ThreadLoad[]): Point[] => [
  { name: 'main', kind: 'loop', share: loop },
  ...threads.map(({ name, utilization }): Point => ({ name, kind: 'thread', share: utilization })),
  ...cores.map((share, index): Point => ({ name: `core ${index + 1}`, kind: 'core', share })),
]
