export {
  ActorExited,
  type ActorRef,
  type ActorSelf,
  type ActorSpec,
  type AnyActorRef,
  CalledSelf,
  CallTimeout,
  type ExitReason,
  type ExitSignal,
  type ThreadUsage,
} from './actor.ts'
export { type ChildCounts, createChildPool, type PoolEntry, type PooledChild, type Restart } from './child-pool.ts'
export { type DynamicChild, type DynamicSupervisor, dynamicSupervisor } from './dynamic-supervisor.ts'
export { estimateBytes } from './estimate-bytes.ts'
export { causeOf, describeExit, isFailure, textOf } from './exit-reason.ts'
export {
  type KeyRegistry,
  KeyTaken,
  NeedsUniqueKeys,
  startKeyRegistry,
} from './key-registry.ts'
export { link } from './link.ts'
export { NameTaken } from './registry.ts'
export { request } from './request.ts'
export type { RestartBudgetOptions } from './restart-budget.ts'
export { createRuntime, type Runtime } from './runtime.ts'
export type { Shutdown, Supervised, SupervisedChild } from './supervised.ts'
export {
  type Child,
  ChildNotStarted,
  ChildRefused,
  child,
  InvalidChildren,
  type Supervisor,
  supervisor,
} from './supervisor.ts'
export { createTables, type Row, type Table, TableRefused, type Tables } from './table.ts'
export {
  awaitTask,
  awaitTasks,
  type Outcome,
  shutDownTask,
  startTask,
  streamTasks,
  type Task,
  TaskTimeout,
  yieldTask,
} from './task.ts'
export type { Term } from './term.ts'
export type { WorkMeter } from './work-meter.ts'
