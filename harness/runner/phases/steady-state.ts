import { allReady } from '../readiness.ts'
import type { Phase } from '../run-state.ts'

const steadyWithinMs = 20_000

/** What is not healthy before it is broken proves nothing. */
export const steadyState: Phase = {
  name: 'steady-state',
  async run({ cluster, open }) {
    await allReady(cluster!, steadyWithinMs)
    for (const session of open!.sessions) await session.checkSteadyState?.()
  },
}
