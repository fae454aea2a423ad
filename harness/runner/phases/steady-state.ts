import { startBackground } from '../../background/background.ts'
import { seedOf } from '../../platform/random.ts'
import { readyWithinMs } from '../../timing.ts'
import { nodesHearEachOther } from '../hearing.ts'
import { recordBaseInventory, recordBaseState } from '../inventory.ts'
import { recordClusterSecrets, recordSettings, watchMachine } from '../manners.ts'
import { allReady } from '../readiness.ts'
import type { Phase } from '../run-state.ts'

/** What is not healthy before it is broken proves nothing. */
export const steadyState: Phase = {
  name: 'steady-state',
  async run(state) {
    const { cluster, open } = state
    await allReady(cluster!, readyWithinMs)
    await nodesHearEachOther(cluster!, readyWithinMs)
    for (const session of open!.sessions) await session.checkSteadyState?.()
    if (!state.scenario.hasVisitors) await recordBaseInventory(state)
    if (!cluster!.env) await recordBaseState(state)
    recordSettings(state)
    recordClusterSecrets(state)
    state.stopWatching = watchMachine(state)
    const { scenario, settings, recorder } = state
    if (scenario.withoutBackground !== undefined) return
    const background = await startBackground({
      cluster: cluster!,
      recorder,
      seed: seedOf(settings.seed, `background of ${scenario.id}`),
      withTooLongRequest: scenario.hasTooLongRequest === true,
    })
    if (background) state.background = background
  },
}
