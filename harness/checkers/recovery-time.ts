import { type Checker, invalid, unknown, valid } from './checker.ts'

/** After a fault is gone, everybody who lost the connection is joined again within the bound (CH-106, NF-3). */
export const recoveryTime = (withinMs: number): Checker => ({
  name: 'recovery-time',
  law: `who lost the connection is joined again within ${withinMs} ms after the fault is gone`,
  check(history) {
    const faults = history.faults.filter(({ witnessedOffMs }) => witnessedOffMs !== null)
    if (faults.length === 0) return unknown('no fault was witnessed to its end')
    const measuredMs: Record<string, number> = {}
    for (const { kind, requestedMs, witnessedOffMs } of faults) {
      const lost = new Set(
        history
          .of('disconnect')
          .filter(({ tMs }) => tMs >= requestedMs)
          .map(({ who }) => who),
      )
      for (const who of lost) {
        const lastLossMs = Math.max(
          ...history
            .of('disconnect')
            .filter((event) => event.who === who)
            .map(({ tMs }) => tMs),
        )
        const back = history.of('join').find((event) => event.who === who && event.tMs >= lastLossMs)
        if (!back) return invalid(`not recovered: ${who} was not joined again after ${kind}`, { who, kind })
        const tookMs = Math.max(0, back.tMs - witnessedOffMs!)
        measuredMs[`${who} after ${kind}`] = tookMs
        if (tookMs > withinMs) return invalid(`too slow: ${who} took ${tookMs} ms after ${kind}`, { measuredMs })
      }
    }
    const slowestMs = Math.max(0, ...Object.values(measuredMs))
    return valid(
      Object.keys(measuredMs).length === 0
        ? 'nobody lost the connection'
        : `everybody back after at most ${slowestMs} ms`,
      { measuredMs },
    )
  },
})
