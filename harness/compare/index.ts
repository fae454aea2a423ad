export { armOfTarget, type DescribedArm, readArm } from './arm-file.ts'
export { type CompareOptions, measureComparison } from './compare.ts'
export type { Arm, Comparison } from './comparison.ts'
export {
  comparisonOf,
  comparisonOfArms,
  defaultWork,
  describeWork,
  otherWorks,
  parseWork,
  type WorkChoice,
} from './comparisons.ts'
export { conclude, withOthers } from './conclude.ts'
export {
  type ControlResult,
  type ControlRow,
  controlRow,
  controlTasks,
  describeControl,
  judgeControl,
} from './control.ts'
export { describeComparison } from './describe.ts'
export type { ComparisonDocument } from './document.ts'
export { comparisonPage } from './page.ts'
export { metrics, type Plan, planOf } from './plan.ts'
