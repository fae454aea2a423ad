import {
  type AnyActorRef,
  awaitTask,
  awaitTasks,
  ChildRefused,
  type DynamicSupervisor,
  dynamicSupervisor,
  type Outcome,
  type PooledChild,
  type Restart,
  shutDownTask,
  startTask,
  streamTasks,
  type Task,
  TaskTimeout,
  yieldTask,
} from '../../../system/runtime/index.ts'
import { CallFailed, Thrown, writeError, writeReason } from '../reasons.ts'
import type { Data, Recording, Replayed, Step, TraceEvent } from '../recording.ts'
import { createGate, createWorld, type Gate, type World } from '../world.ts'
import { type Clients, clientActs, createClients } from './clients.ts'

type AnyTask = Task<unknown>

interface Scene {
  world: World
  clients: Clients
  tasks: Map<string, AnyTask>
  gates: Map<string, Gate>
  supervisor: DynamicSupervisor<[PooledChild]> | undefined
}

/** Replays recordings of tasks on `system/runtime`. */
export async function replayTasks({ setup, steps }: Recording): Promise<Replayed> {
  const owners = new Set(
    (setup.actors ?? []).map((spec: string | Data) => (typeof spec === 'string' ? spec : spec.name)),
  )
  const world = createWorld({ adaptLog: (event) => (owners.has(event.at) ? undefined : ofTask(event)) })
  const scene: Scene = {
    world,
    clients: createClients(world, setup.actors ?? []),
    tasks: new Map(),
    gates: new Map(),
    supervisor: setup.task_supervisor && startSupervisor(world, setup.task_supervisor),
  }
  for (const { do: what, ...step } of steps as Step[]) {
    const act = acts[what]
    if (!act) throw new Error(`no replay of tasks knows the step ${what}`)
    await act(scene, step)
  }
  return world.result()
}

const ofTask = (event: TraceEvent): TraceEvent =>
  event.kind === 'server_terminated_abnormally' ? { ...event, kind: 'task_terminated_abnormally' } : event

function startSupervisor(world: World, { max_children }: Data): NonNullable<Scene['supervisor']> {
  const one = dynamicSupervisor({ clock: world.clock, log: world.runtime.log }, 'ts', {
    child: (child: PooledChild) => child,
    ...(max_children !== undefined && { childrenMax: max_children }),
    parent: world.driver,
  })
  world.watchBusy(() => one.alive && one.actor.busy)
  one.onExit((reason) => world.record('ts', 'exit', { inc: 1, reason: writeReason(reason) }))
  return one
}

/** What the body of a task does; it says when it begins and when it is done. */
function start({ world, gates, tasks }: Scene, name: string, body: Data, options: Data = {}): AnyTask {
  const gate = createGate()
  gates.set(name, gate)
  let isOver = () => false
  async function work() {
    world.record(name, 'start')
    if (body.gate) await gate.pass()
    if (body.sleep !== undefined) await world.work(body.sleep)
    if (body.then === 'raise' || body.raise) throw new Error(body.raise ?? body.value)
    if (body.then === 'throw') throw new Thrown(body.value)
    if (!isOver()) world.record(name, 'done')
    return body.value ?? null
  }
  const task = startTask(world.runtime, work, { name, ...(body.trap && { trapsExits: true }), ...options })
  isOver = () => !task.actor.alive
  world.countOnly(name, task.actor)
  tasks.set(name, task)
  return task
}

const ownerOf = ({ clients }: Scene, by: string): AnyActorRef => clients.get(by)!.actor

/** Starts a task under the supervisor, which may refuse it. */
async function startSupervised(scene: Scene, name: string, body: Data, restart: Restart): Promise<AnyTask> {
  let first: AnyTask | undefined
  await scene.supervisor!.startChild({
    label: name,
    restart,
    start(parent) {
      const task = start(scene, name, body, { parent })
      first ??= task
      return task.actor
    },
  })
  return first!
}

/** Runs as the owner, and says nothing unless it fails. */
async function silently({ clients, world }: Scene, by: string, work: () => unknown) {
  const { actor } = clients.get(by)!
  await world.until(
    new Promise<void>((resolve) => {
      actor.onExit(() => resolve())
      actor.send(async () => {
        await work()
        resolve()
      })
    }),
  )
}

const atom = (name: string) => ({ atom: name })

function writeOutcome(outcome: Outcome<unknown> | undefined): unknown {
  if (outcome === undefined) return null
  if ('ok' in outcome) return { tuple: [atom('ok'), outcome.ok] }
  return { tuple: [atom('exit'), outcome.exit === 'timeout' ? 'timeout' : writeReason(outcome.exit)] }
}

/** What an owner sees that waits in vain. */
async function awaiting<T>(what: string, result: Promise<T>): Promise<T> {
  try {
    return await result
  } catch (error) {
    if (error instanceof TaskTimeout) throw new CallFailed(`task_timeout:${what}`)
    throw new CallFailed(`in_task_await:${writeError(error)}`)
  }
}

const brutal = (timeout: unknown) =>
  timeout === 'brutal_kill' || timeout === 'infinity' ? timeout : (timeout as number | undefined)

const streamOptionsOf = ({ max_concurrency = 2, timeout, ordered, on_timeout }: Data) => ({
  concurrencyMax: max_concurrency,
  ...(timeout !== undefined && { timeoutMs: timeout }),
  ...(ordered !== undefined && { ordered }),
  ...(on_timeout && { onTimeout: on_timeout }),
})

const bodyOf = ({ id, ...item }: Data) => ({ value: id, ...item })

const acts: Record<string, (scene: Scene, step: Data) => unknown> = {
  ...clientActs,
  gate: ({ gates }, { who }) => gates.get(who)?.release(1),

  async: (scene, { by, task, body }) =>
    silently(scene, by, () => start(scene, task, body, { linkedTo: ownerOf(scene, by) })),
  async_nolink: (scene, { by, task, body }) =>
    silently(scene, by, () => startSupervised(scene, task, body, 'temporary')),
  task_start: (scene, { by, task, body }) => silently(scene, by, () => start(scene, task, body)),
  task_start_link: (scene, { by, task, body }) =>
    silently(scene, by, () => start(scene, task, body, { linkedTo: ownerOf(scene, by) })),

  task_start_child: (scene, { by, task, body, restart = 'temporary' }) =>
    scene.clients.perform(by, { of: 'task_start_child' }, () =>
      startSupervised(scene, task, body, restart).then(
        () => 'ok',
        (error) => `error:${error instanceof ChildRefused ? error.refusal : writeError(error)}`,
      ),
    ),

  await: ({ clients, tasks, world }, { by, task, timeout, ...options }) =>
    clients.perform(
      by,
      { of: 'await', task },
      () => awaiting('await', awaitTask(world.clock, tasks.get(task)!, timeout)),
      options,
    ),

  await_many: ({ clients, tasks, world }, { by, tasks: names, timeout, ...options }) =>
    clients.perform(
      by,
      { of: 'await_many' },
      () =>
        awaiting(
          'await_many',
          awaitTasks(
            world.clock,
            (names as string[]).map((name) => tasks.get(name)!),
            timeout,
          ),
        ),
      options,
    ),

  yield: ({ clients, tasks, world }, { by, task, timeout }) =>
    clients.perform(by, { of: 'yield', task }, async () =>
      writeOutcome(await yieldTask(world.clock, tasks.get(task)!, timeout)),
    ),

  shutdown: ({ clients, tasks, world }, { by, task, timeout }) =>
    clients.perform(by, { of: 'shutdown', task }, async () => {
      const owner = clients.get(by)!.actor
      return writeOutcome(await shutDownTask(world.clock, tasks.get(task)!, owner, brutal(timeout)))
    }),

  async_stream: (scene, { by, items, uncaught, nowait, ...options }) =>
    scene.clients.perform(
      by,
      { of: 'async_stream' },
      async () => {
        const startOne = (item: Data) => start(scene, `job${item.id}`, bodyOf(item), { linkedTo: ownerOf(scene, by) })
        const outcomes = await awaiting(
          'stream',
          streamTasks(scene.world.clock, items as Data[], startOne, streamOptionsOf(options)),
        )
        return outcomes.map(writeOutcome)
      },
      { uncaught, nowait },
    ),

  async_stream_nolink: (scene, { by, items, uncaught, nowait, ...options }) =>
    scene.clients.perform(
      by,
      { of: 'async_stream_nolink' },
      async () => {
        const startOne = (item: Data) => startSupervised(scene, `job${item.id}`, bodyOf(item), 'temporary')
        const outcomes = await awaiting(
          'stream',
          streamTasks(scene.world.clock, items as Data[], startOne, streamOptionsOf(options)),
        )
        return outcomes.map(writeOutcome)
      },
      { uncaught, nowait },
    ),

  exit({ clients, tasks, world }, { who, reason }) {
    const victim = clients.get(who)?.actor ?? tasks.get(who)?.actor
    if (reason === 'kill') victim?.kill()
    else victim?.signal({ kind: 'exit', why: reason }, world.driver)
  },
}
