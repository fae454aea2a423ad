import {
  type AnyActorRef,
  CallTimeout,
  type Child,
  ChildRefused,
  type DynamicSupervisor,
  dynamicSupervisor,
  type PooledChild,
  type Supervised,
  type Supervisor,
  supervisor,
} from '../../../system/runtime/index.ts'
import { Exit, Refused, readReason, thrownInServer, writeError, writeReason } from '../reasons.ts'
import type { Data, Recording, Replayed, Step, TraceEvent } from '../recording.ts'
import { createWorld, type World } from '../world.ts'

type Dynamic = DynamicSupervisor<[Data]>

interface Scene {
  world: World
  supervisors: Map<string, Supervisor>
  dynamics: Map<string, Dynamic>
  /** Every running thing by its name; the newest of a name. */
  running: Map<string, Supervised>
  /** How often each child was asked to start. */
  attempts: Map<string, number>
}

/** Replays recordings of supervisors on `system/runtime`. */
export async function replaySupervisors({ setup, steps }: Recording): Promise<Replayed> {
  const dynamicNames = new Set<string>()
  const world = createWorld({ phaseMs: setup.wait_phase_ms ?? 0, adaptLog: (event) => withoutIds(event, dynamicNames) })
  const scene: Scene = { world, supervisors: new Map(), dynamics: new Map(), running: new Map(), attempts: new Map() }
  collectDynamics(setup.supervisor, dynamicNames)
  await boot(scene, setup.supervisor)
  for (const { do: what, ...step } of steps as Step[]) {
    const act = acts[what]
    if (!act) throw new Error(`no replay of supervisors knows the step ${what}`)
    await act(scene, step)
  }
  return world.result()
}

function collectDynamics({ kind, name, children = [] }: Data, names: Set<string>) {
  if (kind === 'dynamic_supervisor') names.add(name)
  for (const child of children) collectDynamics(child, names)
}

/** Children of a dynamic supervisor have no id, so a failed start is nobody's there. */
function withoutIds(event: TraceEvent, dynamics: Set<string>): TraceEvent {
  return event.kind === 'supervisor_start_error' && dynamics.has(event.at) ? { ...event, child: 'other' } : event
}

async function boot(scene: Scene, spec: Data) {
  const { world } = scene
  const reply = await world.until(
    Promise.resolve(start(scene, spec, world.driver)).then(
      () => 'ok',
      (error) => `error:${writeError(error)}`,
    ),
  )
  world.record('driver', 'start_reply', { of: spec.name, reply })
}

function start(scene: Scene, spec: Data, parent: AnyActorRef): Supervised | undefined | Promise<Supervised> {
  if (spec.kind === 'supervisor') return startSupervisor(scene, spec, parent)
  if (spec.kind === 'dynamic_supervisor') return startDynamic(scene, spec, parent)
  return startWorker(scene, spec, parent)
}

const budgetOf = ({ max_restarts, max_seconds }: Data) => ({
  ...(max_restarts !== undefined && { restartsMax: max_restarts }),
  ...(max_seconds !== undefined && { withinMs: max_seconds * 1_000 }),
})

function startSupervisor(scene: Scene, spec: Data, parent: AnyActorRef): Promise<Supervised> {
  const { world } = scene
  const { name, strategy = 'one_for_one', auto_shutdown, children = [] } = spec
  const one = supervisor(
    { clock: world.clock, log: world.runtime.log },
    name,
    { strategy, ...budgetOf(spec), ...(auto_shutdown && { autoShutdown: auto_shutdown }), parent },
    children.map((child: Data) => childOf(scene, child)),
  )
  scene.supervisors.set(name, one)
  scene.running.set(name, one)
  world.started(name, one)
  world.watchBusy(() => one.alive && one.actor.busy)
  return one.start()
}

function startDynamic(scene: Scene, spec: Data, parent: AnyActorRef): Supervised {
  const { world } = scene
  const { name, max_children } = spec
  const one: Dynamic = dynamicSupervisor({ clock: world.clock, log: world.runtime.log }, name, {
    child: (child: Data): PooledChild => ({ ...childOf(scene, child), label: child.name }),
    ...(max_children !== undefined && { childrenMax: max_children }),
    ...budgetOf(spec),
    parent,
  })
  scene.dynamics.set(name, one)
  scene.running.set(name, one)
  world.started(name, one)
  world.watchBusy(() => one.alive && one.actor.busy)
  return one
}

const childOf = (scene: Scene, spec: Data): Child => ({
  name: spec.name,
  start: (parent) => start(scene, spec, parent),
  ...(spec.restart && { restart: spec.restart }),
  ...(spec.shutdown !== undefined && { shutdown: spec.shutdown }),
  ...(spec.significant && { significant: true }),
  kind: spec.kind ? 'supervisor' : 'worker',
})

const isOn = (when: number[] | 'always' | undefined, attempt: number) =>
  when === 'always' || (Array.isArray(when) && when.includes(attempt))

function startWorker(scene: Scene, spec: Data, parent: AnyActorRef): Supervised | undefined {
  const { world, attempts } = scene
  const { name } = spec
  const attempt = (attempts.get(name) ?? 0) + 1
  attempts.set(name, attempt)
  if (isOn(spec.refuse_on, attempt)) {
    world.record(name, 'start_refused', { attempt })
    throw new Refused('refused')
  }
  if (isOn(spec.raise_on, attempt)) {
    world.record(name, 'start_raised', { attempt })
    throw new Error(`init of ${name}`)
  }
  if (isOn(spec.ignore_on, attempt)) {
    world.record(name, 'start_ignored', { attempt })
    return undefined
  }
  const worker = spawnWorker(world, spec, parent)
  scene.running.set(name, worker)
  if (isOn(spec.exit_after_start?.on, attempt)) worker.send(() => new Exit(readReason(spec.exit_after_start.reason)))
  return worker
}

/** A server that does what it is sent, and says how it ends. */
function spawnWorker(world: World, { name, trap, terminate_ms }: Data, parent: AnyActorRef) {
  let inc = 1
  const record = (ev: string, fields: Data = {}) => world.record(name, ev, { inc, ...fields })
  const worker = world.runtime.spawn<() => Exit | undefined>(
    {
      name,
      takesTurns: true,
      trapsExits: trap === true,
      parent,
      handle(work, self) {
        const exit = work()
        if (exit) self.exit(exit.reason)
      },
      handleExit: ({ reason }) => record('exit_message', { reason: writeReason(reason) }),
      beforeExit(reason) {
        record('terminate', { reason: writeReason(reason) })
        if (terminate_ms === undefined) return
        if (terminate_ms === 'forever') return new Promise<void>(() => {})
        return world.work(terminate_ms).then(() => {
          if (worker.alive) record('terminate_finished')
        })
      },
    },
    { unique: false },
  )
  inc = world.started(name, worker)
  return worker
}

/** What a request came to, in the words of the recordings. Only at the start of a supervisor is a mistake one of its `start_spec`. */
async function replyOf(world: World, request: Promise<unknown>, ignored = 'ignore'): Promise<string> {
  return world.until(
    request.then(
      (value) => (value === undefined ? ignored : 'ok'),
      (error) =>
        `error:${error instanceof ChildRefused ? error.refusal : writeError(error)}`.replace('start_spec:', ''),
    ),
  )
}

/** A request that only has to be carried out. */
const done = (request: Promise<unknown>) => request.then(() => true)

const stateOf = (child: Supervised | undefined, restarting: boolean) => {
  if (child) return 'running'
  return restarting ? 'restarting' : 'undefined'
}

function crash(how: string, reason: string): Exit | undefined {
  if (how === 'raise') throw new Error(reason ?? 'boom')
  if (how === 'throw') return new Exit(thrownInServer(reason ?? 'ball'))
  return new Exit(readReason(reason ?? 'normal'))
}

/** A question about children waits until the supervisor has dealt with what came before it. */
const acts: Record<string, (scene: Scene, step: Data) => unknown> = {
  settle: ({ world }) => world.settle(),
  sleep: ({ world }, { ms }) => world.sleep(ms),

  exit({ running, world }, { who, reason }) {
    const victim = running.get(who)
    if (reason === 'kill') victim?.kill?.()
    else victim?.signal?.(readReason(reason), world.driver)
  },

  exit_from_stranger({ running, world }, { who, of, reason }) {
    const stranger = world.runtime.spawn({ handle: () => {} }, { unique: false })
    const victim = running.get(who ?? of)
    if (reason === 'kill') victim?.kill?.()
    else victim?.signal?.(readReason(reason), stranger)
  },

  crash({ running }, { who, how, reason }) {
    const victim = running.get(who) as ReturnType<typeof spawnWorker> | undefined
    victim?.send(() => crash(how, reason))
  },

  finish({ running }, { who }) {
    const worker = running.get(who) as ReturnType<typeof spawnWorker> | undefined
    worker?.send(() => new Exit({ kind: 'normal' }))
  },

  async stop({ running, world }, { who, reason = 'normal', timeout }) {
    const stopping = (running.get(who) as Supervisor).stop(readReason(reason))
    const late = timeout && world.clock.sleep(timeout).then(() => Promise.reject(new CallTimeout('late')))
    const reply = await world.until(
      Promise.race([stopping, ...(late ? [late] : [])]).then(
        () => 'ok',
        () => 'error:{exit,timeout}',
      ),
    )
    world.record('driver', 'stop_reply', { of: who, reply })
  },

  async which_children({ supervisors, world }, { of }) {
    await world.sleep(0)
    const children = supervisors
      .get(of)!
      .children()
      .map(({ name, child, restarting }) => `${name}=${stateOf(child, restarting)}`)
    world.record('driver', 'which_children_reply', { of, children: children.reverse() })
  },

  async count_children({ supervisors, world }, { of }) {
    await world.sleep(0)
    world.record('driver', 'count_children_reply', { of, ...supervisors.get(of)!.counts() })
  },

  async start_child(scene, { of, child }) {
    const { world, supervisors } = scene
    const reply = await replyOf(world, supervisors.get(of)!.startChild(childOf(scene, child)), 'ok_without_process')
    world.record('driver', 'start_child_reply', { child: child.name, reply })
  },

  async terminate_child({ world, supervisors }, { of, child }) {
    const reply = await replyOf(world, done(supervisors.get(of)!.terminateChild(child)))
    world.record('driver', 'terminate_child_reply', { child, reply })
  },

  async restart_child({ world, supervisors }, { of, child }) {
    const reply = await replyOf(world, supervisors.get(of)!.restartChild(child), 'ok_without_process')
    world.record('driver', 'restart_child_reply', { child, reply })
  },

  async delete_child({ world, supervisors }, { of, child }) {
    const reply = await replyOf(world, done(supervisors.get(of)!.deleteChild(child)))
    world.record('driver', 'delete_child_reply', { child, reply })
  },

  async dyn_start({ world, dynamics }, { of, child }) {
    const reply = await replyOf(world, dynamics.get(of)!.startChild(child))
    world.record('driver', 'start_child_reply', { child: child.name, reply })
  },

  async dyn_terminate({ world, dynamics, running }, { of, child }) {
    const reply = await replyOf(world, done(dynamics.get(of)!.terminateChild(running.get(child)!)))
    world.record('driver', 'terminate_child_reply', { child, reply })
  },

  dyn_count({ world, dynamics }, { of }) {
    world.record('driver', 'count_children_reply', { of, ...dynamics.get(of)!.counts() })
  },

  dyn_which({ world, dynamics }, { of }) {
    const { active } = dynamics.get(of)!.counts()
    world.record('driver', 'which_children_reply', { of, children: Array.from({ length: active }, () => 'running') })
  },
}
