import { borderMoved } from './borders.ts'
import { conditionLoosened, conditionNegated } from './conditions.ts'
import { errorSwallowed } from './errors.ts'
import type { Operator } from './operator.ts'
import { awaitLeftOut, cleanupLeftOut, statementLeftOut } from './statements.ts'
import { argumentsSwapped, constantSwapped, fieldsSwapped } from './swaps.ts'
import { versionNotCompared } from './versions.ts'

/** Every kind of mistake that a mutant may have. */
export const operators: readonly Operator[] = [
  conditionNegated,
  conditionLoosened,
  borderMoved,
  statementLeftOut,
  awaitLeftOut,
  argumentsSwapped,
  fieldsSwapped,
  constantSwapped,
  errorSwallowed,
  versionNotCompared,
  cleanupLeftOut,
]
