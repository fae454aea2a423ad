import type { Phase } from '../run-state.ts'
import { cleanUp } from './clean-up.ts'
import { finalReads } from './final-reads.ts'
import { heal } from './heal.ts'
import { judgeHistory } from './judge.ts'
import { provision } from './provision.ts'
import { settle } from './settle.ts'
import { steadyState } from './steady-state.ts'
import { steps } from './steps.ts'

/** The life of a scenario, in order. */
export const phases: readonly Phase[] = [provision, steadyState, steps, heal, settle, finalReads, judgeHistory, cleanUp]
