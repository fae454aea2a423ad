export {
  ActorExited,
  type ActorRef,
  type ActorSelf,
  type ActorSpec,
  type AnyActorRef,
  CallTimeout,
  type ExitReason,
  type ExitSignal,
} from './actor.ts'
export { type DynamicSupervisor, dynamicSupervisor } from './dynamic-supervisor.ts'
export { describeExit, isFailure } from './exit-reason.ts'
export { link } from './link.ts'
export { createRuntime, type Runtime } from './runtime.ts'
export { type Child, child, type Supervised, type Supervisor, supervisor } from './supervisor.ts'
