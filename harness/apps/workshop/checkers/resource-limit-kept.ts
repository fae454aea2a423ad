import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import { type Burst, usesMax } from '../burst.ts'

/**
 * The limit of MockResource holds, whoever comes at once (MR-13, NF-14). Judged twice: by what the node counted inside, and by how many
 * were answered 200: in a time T a limit allows limit x (1 + T / D) uses, each of which takes D.
 */
export const resourceLimitKept: Checker = {
  name: 'resource-limit-kept',
  invariant: 'no more are inside MockResource than its limit says, and nobody is refused while there is room for all',
  judgesOpen: true,
  check(history) {
    const bursts = history.of('read', 'workshop-burst').map(({ value }) => value as Burst)
    const limited = bursts.filter(({ limit }) => limit > 0)
    if (limited.length === 0) return unknown('nobody put load on a resource with a limit')
    for (const burst of limited) {
      const problem = problemOf(burst)
      if (problem) return violated(problem, { burst })
    }
    if (!limited.some(({ insideMax, limit }) => insideMax === limit)) return unknown('the limit was never reached')
    const [uses, refused] = [sum(limited.map(({ ok }) => ok)), sum(limited.map((one) => one.refused))]
    return passed(`${count(uses, 'use')} within the limit, ${refused} refused`)
  },
}

function problemOf(burst: Burst): string | undefined {
  const { endpoint, insideMax, limit, ok, refused, concurrency, tookMs, useMs } = burst
  if (insideMax > limit) return `overrun: ${insideMax} were inside at once on ${endpoint}, and the limit is ${limit}`
  if (endpoint === 'genstage') return undefined
  if (ok > usesMax(burst))
    return `overrun: ${ok} uses of ${useMs} ms on ${endpoint} in ${Math.round(tookMs)} ms, and a limit of ${limit} allows ${usesMax(burst)}`
  // Who answers after the use has at most one use for each client at a time.
  if (endpoint === 'serial' && concurrency <= limit && refused > 0)
    return `refused with room: ${refused} of ${burst.count} with ${concurrency} at once, and the limit is ${limit}`
  return undefined
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
