import type { Clock } from '../platform/clock.ts'
import { roughly } from './format.ts'

/** One scenario of a run, with how long it took last time in ms, where that is known. */
export interface Planned {
  id: string
  lastMs?: number
}

export type Progress = ReturnType<typeof createProgress>

/** Counts what has ended in one run, or in all `runs` of `--repeat`, and estimates how long the rest takes. */
export function createProgress(runs: number, clock: Clock) {
  let begun = 0
  let planned: readonly Planned[] = []
  let jobs = 1
  const beganMs = new Map<string, number>()
  const ended = new Set<string>()
  const pace = createPace()

  const elapsedMs = (id: string) => clock.monotonicMs() - (beganMs.get(id) ?? clock.monotonicMs())

  function remainingMs(): number {
    const left = planned.filter(({ id }) => !ended.has(id))
    const now = left.map((one) => {
      const expectedMs = pace.expectedMs(one, planned)
      return Math.max(overdueShare * expectedMs, expectedMs - elapsedMs(one.id))
    })
    const later = planned.map((one) => pace.expectedMs(one, planned))
    return inParallel(now, jobs) + (runs - begun) * inParallel(later, jobs)
  }

  return {
    beginRun(scenarios: readonly Planned[], jobsOfRun: number) {
      begun += 1
      planned = scenarios
      jobs = jobsOfRun
      beganMs.clear()
      ended.clear()
    },
    begin: (id: string) => void beganMs.set(id, clock.monotonicMs()),
    end(id: string) {
      const one = planned.find((other) => other.id === id)
      if (one && beganMs.has(id)) pace.took(one, elapsedMs(id))
      beganMs.delete(id)
      ended.add(id)
    },
    /** `12 of 81`, over all runs. */
    counted: () => `${Math.max(0, begun - 1) * planned.length + ended.size} of ${runs * planned.length}`,
    /** `about 2 min left`; undefined while nobody knows how long these scenarios take. */
    left() {
      const ms = remainingMs()
      return Number.isNaN(ms) || planned.length === 0 ? undefined : `about ${roughly(ms)} left`
    },
  }
}

/** What takes longer than expected is not over yet. */
const overdueShare = 0.1

/** Fewer scenarios would say more about themselves than about the machine. */
const paceFrom = 3

/** How long scenarios take: as last time, or as long as in this run, times how much slower this run is than the last. */
function createPace() {
  const measuredMs = new Map<string, number>()
  let [lastMs, nowMs, compared] = [0, 0, 0]

  const knownMs = (one: Planned) => one.lastMs ?? measuredMs.get(one.id)
  const factor = () => (compared < paceFrom ? 1 : nowMs / lastMs)

  return {
    took(one: Planned, tookMs: number) {
      measuredMs.set(one.id, tookMs)
      if (one.lastMs === undefined) return
      lastMs += one.lastMs
      nowMs += tookMs
      compared += 1
    },
    /** NaN where nothing is known of any scenario. */
    expectedMs: (one: Planned, all: readonly Planned[]): number =>
      (knownMs(one) ?? average(all.flatMap((other) => knownMs(other) ?? []))) * factor(),
  }
}

const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0)
const average = (all: readonly number[]) => sum(all) / all.length

/** No run is shorter than its longest scenario. */
const inParallel = (durationsMs: readonly number[], jobs: number) =>
  Math.max(sum(durationsMs) / jobs, ...durationsMs, 0)
