import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import {
  type AnyActorRef,
  child,
  type DynamicSupervisor,
  dynamicSupervisor,
  type Runtime,
  startTask,
} from '../../runtime/index.ts'

type Work = () => Promise<unknown>

const supervisorName = 'Talk.TaskSupervisor'
/** More at once are refused, so that work that nobody waits for cannot fill the memory of the node. */
const tasksMax = 1_000
const restartBudget = { restartsMax: 20, withinMs: 5_000 } as const

/** Work that no request waits for, in tasks under their own supervisor: it outlives its request, and a crash is only logged (RT-39). */
export function createBackgroundTasks({ runtime, clock, log }: { runtime: Runtime; clock: Clock; log: Log }) {
  let tasks: DynamicSupervisor<[Work]> | undefined

  function start(parent: AnyActorRef) {
    tasks = dynamicSupervisor<[Work]>({ clock, log }, supervisorName, {
      ...restartBudget,
      childrenMax: tasksMax,
      parent,
      child: (work) => ({
        restart: 'temporary',
        start: (owner) => startTask(runtime, work, { name: 'Talk.Task', parent: owner }).actor,
      }),
    })
    return tasks
  }

  function refused(error: unknown) {
    log.warn({ event: 'talk_task_refused', err: error }, 'talk: a background task could not be started')
  }

  return {
    child: { ...child('task supervisor', start), kind: 'supervisor' as const },
    run(work: Work) {
      tasks?.startChild(work).catch(refused)
    },
    count: () => tasks?.count() ?? 0,
  }
}
