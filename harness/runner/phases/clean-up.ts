import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckResult } from '../../verdict/result.ts'
import { outcomeOf } from '../outcome.ts'
import { folderOf, type Phase, type RunState } from '../run-state.ts'

/** The check that tells whether a scenario cleaned up after itself. */
const leftBehindCheck = 'nothing-left-behind'

/** Keeps the evidence of a scenario that did not pass, and stops everything. */
export const cleanUp: Phase = {
  name: 'clean-up',
  always: true,
  isLastWord: true,
  async run(state) {
    if (outcomeOf(state.checks) !== 'passed' && !state.settings.withoutEvidence) await keepEvidence(state)
    state.stopWatching?.()
    state.stopMetering?.()
    // The cluster may outlive the scenario, and nobody may speak on it any more.
    await state.background?.stop()
    state.background?.close()
    await state.open?.close()
    await state.cluster?.stop()
    state.checks.push(nothingLeftBehind(await state.leases.settle()))
  },
}

async function keepEvidence({ settings, scenario, open, artifacts }: RunState) {
  const folder = join(settings.artifactFolder, folderOf(scenario))
  mkdirSync(folder, { recursive: true })
  for (const session of open?.sessions ?? []) artifacts.push(...((await session.saveEvidence?.(folder)) ?? []))
}

/** Reported as a leak of the run too, with an exit code of its own: it says nothing about the system. */
const nothingLeftBehind = (leaks: readonly string[]): CheckResult => ({
  name: leftBehindCheck,
  outcome: leaks.length > 0 ? 'unknown' : 'passed',
  why: leaks.length > 0 ? `left behind: ${leaks.join(', ')}` : 'no process and no port of the cluster is left',
  evidence: leaks.length > 0 ? { leaks } : {},
})
