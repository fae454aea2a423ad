import { cpus, loadavg } from 'node:os'
import { type EventLoopUtilization, monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks'

/** How busy the machine and the event loop were since the last reading; shares are from 0 to 1, times in ms. */
export interface LoadReading {
  cores: number[]
  loop: number
  lagMeanMs: number
  lagMaxMs: number
}

/** Garbage collections since the meter was started. */
export interface Collections {
  count: number
  totalMs: number
}

export interface LoadMeter {
  read(): LoadReading
  collections(): Collections
  stop(): void
}

const lagResolutionMs = 20
const nsPerMs = 1e6

/** Measures until it is stopped. The lag is how much later than they should timers run. */
export function startLoadMeter(): LoadMeter {
  const collections: Collections = { count: 0, totalMs: 0 }
  const watch = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      collections.count += 1
      collections.totalMs += duration
    }
  })
  watch.observe({ entryTypes: ['gc'] })
  const delay = monitorEventLoopDelay({ resolution: lagResolutionMs })
  delay.enable()
  let loopBefore: EventLoopUtilization = performance.eventLoopUtilization()
  let coresBefore = coreTimes()

  function readLoop(): number {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, loopBefore)
    loopBefore = now
    return utilization
  }

  function readCores(): number[] {
    const now = coreTimes()
    const shares = now.map(({ busyMs, totalMs }, index) => {
      const before = coresBefore[index] ?? { busyMs: 0, totalMs: 0 }
      return (busyMs - before.busyMs) / Math.max(1, totalMs - before.totalMs)
    })
    coresBefore = now
    return shares
  }

  return {
    read() {
      const { mean, max } = delay
      const lagOf = (ns: number) => Math.max(0, ns / nsPerMs - lagResolutionMs)
      // Without a single timer since the last reading there is no mean.
      const reading = { cores: readCores(), loop: readLoop(), lagMeanMs: lagOf(mean || 0), lagMaxMs: lagOf(max) }
      delay.reset()
      return reading
    },
    collections: () => ({ ...collections }),
    stop() {
      watch.disconnect()
      delay.disable()
    },
  }
}

const coreTimes = () =>
  cpus().map(({ times }) => {
    const totalMs = times.user + times.nice + times.sys + times.irq + times.idle
    return { busyMs: totalMs - times.idle, totalMs }
  })

/** What the operating system says of the machine. */
export const machine = () => {
  const [{ model = '' } = {}] = cpus()
  return { cores: cpus().length, model, loadAverage: loadavg().map((one) => Math.round(one * 100) / 100) }
}
