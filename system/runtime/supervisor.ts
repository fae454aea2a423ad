import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { type AnyActorRef, type ExitReason, startActor } from './actor.ts'
import type { ChildCounts, Restart } from './child-pool.ts'
import { causeOf, describeExit, isFailure, textOf } from './exit-reason.ts'
import { createHibernation } from './hibernation.ts'
import { request } from './request.ts'
import { createRestartBudget, type RestartBudgetOptions } from './restart-budget.ts'
import { type Shutdown, type Supervised, type SupervisedChild, shutDown } from './supervised.ts'
import { createTurns } from './turns.ts'

export type { Supervised } from './supervised.ts'

export interface Child {
  name: string
  /** Nothing means that it is not wanted now: it stays known without running. A throw means that it cannot start. */
  start(supervisor: AnyActorRef): Supervised | undefined | Promise<Supervised | undefined>
  restart?: Restart
  /** 5000 ms; a supervisor has as long as it likes. */
  shutdown?: Shutdown
  kind?: 'worker' | 'supervisor'
  /** Its end for good counts for `autoShutdown`. */
  significant?: boolean
}

export const child = (name: string, start: Child['start']): Child => ({ name, start })

export interface SupervisorOptions extends RestartBudgetOptions {
  strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one'
  /** Ends with the first significant child that ends for good, or with the last. */
  autoShutdown?: 'never' | 'any_significant' | 'all_significant'
  parent?: AnyActorRef
  /** The id of its actor. Default: its name, so that every start of it has the same. */
  id?: string
}

/** Why a request about a child was refused. */
export type ChildRefusal =
  | 'already_started'
  | 'already_present'
  | 'not_found'
  | 'running'
  | 'restarting'
  | 'max_children'

export class ChildRefused extends Error {
  override name = 'ChildRefused'
  readonly refusal: ChildRefusal

  constructor(refusal: ChildRefusal, message: string) {
    super(message)
    this.refusal = refusal
  }
}

export class ChildNotStarted extends Error {
  override name = 'ChildNotStarted'
  readonly child: string

  constructor(supervisor: string, name: string, cause: unknown) {
    super(`${supervisor} could not start ${name}: ${textOf(cause)}`, { cause })
    this.child = name
  }
}

/** Two children with one name, or a significant child that cannot end its supervisor. */
export class InvalidChildren extends Error {
  override name = 'InvalidChildren'
}

export interface Supervisor extends Supervised {
  readonly name: string
  readonly actor: AnyActorRef
  /** Starts the children in order; rejects with ChildNotStarted or InvalidChildren, and has ended then. */
  start(): Promise<Supervisor>
  stop(reason?: ExitReason): Promise<void>
  signal(reason: ExitReason, from?: AnyActorRef): void
  kill(): void
  children(): SupervisedChild[]
  counts(): ChildCounts
  /** Adds a child behind the others. The requests below reject with ChildRefused or InvalidChildren, or with what kept the child from starting. */
  startChild(child: Child): Promise<Supervised | undefined>
  /** Stops a child, which stays known unless it is temporary. */
  terminateChild(name: string): Promise<void>
  restartChild(name: string): Promise<Supervised | undefined>
  deleteChild(name: string): Promise<void>
}

interface Entry {
  readonly child: Child
  running: Supervised | undefined
  /** It ended, and the last attempt to start it again failed. */
  restarting: boolean
}

type Work = () => unknown

const workerShutdownMs = 5_000

/** Starts children in order, restarts those that die, stops them in reverse order (RT-1, RT-2, RT-3, RT-6). */
export function supervisor(
  { clock, log }: { clock: Clock; log: Log },
  name: string,
  { strategy, autoShutdown = 'never', parent, id = name, ...budget }: SupervisorOptions,
  children: readonly Child[],
): Supervisor {
  let entries: Entry[] = children.map(fresh)
  const mayRestart = createRestartBudget(budget)
  let abandon = () => {}
  const abandoned = new Promise<'abandoned'>((resolve) => {
    abandon = () => resolve('abandoned')
  })

  const actor = startActor<Work>(
    {
      name,
      role: 'supervisor',
      takesTurns: true,
      trapsExits: true,
      ...(parent && { parent }),
      handle: (work) => work(),
      beforeExit: () => stopFrom(0),
    },
    id,
    { clock, turns: createTurns(), hibernation: createHibernation(clock), onCrash: reportFailure, onEnd: () => {} },
  )

  function fresh(spec: Child): Entry {
    return { child: spec, running: undefined, restarting: false }
  }

  function reportFailure(_ref: AnyActorRef, reason: ExitReason) {
    log.error({ event: 'supervisor_failed', supervisor: name, reason: describeExit(reason) }, 'a supervisor failed')
  }

  function report(event: string, text: string, entry: Entry, cause: { reason: string; err?: unknown }) {
    log.error({ event, supervisor: name, child: entry.child.name, ...cause }, text)
  }

  function end(reason: ExitReason = { kind: 'shutdown' }) {
    actor.exit(reason)
  }

  async function startOne(entry: Entry) {
    const starting = Promise.resolve(entry.child.start(actor))
    const started = await Promise.race([starting, abandoned])
    if (started === 'abandoned') return stopWhenStarted(starting)
    entry.running = started
    entry.restarting = false
    if (started) watch(entry, started)
  }

  /** Nobody waits for a child that does not come up while the supervisor is stopped. */
  function stopWhenStarted(starting: Promise<Supervised | undefined>) {
    starting.then(
      (late) => late?.stop(),
      () => {},
    )
  }

  function watch(entry: Entry, started: Supervised) {
    const forget = actor.onExit((reason) => started.signal?.(reason, actor))
    started.onExit((reason) => {
      forget()
      actor.send(() => exited(entry, started, reason))
    })
  }

  /** Starts from the first that does not run; returns the one that could not be started. */
  async function startAll(wanted: readonly Entry[]): Promise<{ entry: Entry; error: unknown } | undefined> {
    for (const entry of wanted) {
      const error = await attemptStart(entry)
      if (error) return { entry, error: error.cause }
      if (!entry.running && entry.child.restart === 'temporary') forgetEntry(entry)
    }
  }

  async function attemptStart(entry: Entry): Promise<{ cause: unknown } | undefined> {
    try {
      await startOne(entry)
    } catch (cause) {
      report('child_not_started', 'a child could not be started', entry, { reason: textOf(cause), err: cause })
      return { cause }
    }
  }

  async function exited(entry: Entry, ended: Supervised, reason: ExitReason) {
    if (entry.running !== ended) return
    entry.running = undefined
    const { restart = 'permanent' } = entry.child
    const failed = isFailure(reason)
    if (failed || restart === 'permanent') report('child_ended', 'a child ended', entry, causeOf(reason))
    if (restart === 'permanent' || (restart === 'transient' && failed)) return restartFor(entry)
    if (restart === 'temporary') forgetEntry(entry)
    endAfter(entry)
  }

  function endAfter({ child: { significant } }: Entry) {
    if (!significant || autoShutdown === 'never') return
    const othersRun = entries.some((other) => other.child.significant && (other.running || other.restarting))
    if (autoShutdown === 'any_significant' || !othersRun) end()
  }

  async function restartFor(entry: Entry) {
    if (!mayRestart(clock.monotonicMs())) return giveUp(entry)
    const failed = await startAgain(entry)
    if (!failed) return
    failed.entry.restarting = true
    actor.send(() => tryAgain(failed.entry))
  }

  function tryAgain(entry: Entry) {
    if (entry.restarting && entries.includes(entry)) return restartFor(entry)
  }

  async function startAgain(entry: Entry) {
    if (strategy === 'one_for_one') return startAll([entry])
    const first = strategy === 'one_for_all' ? 0 : entries.indexOf(entry)
    await stopFrom(first)
    return startAll(entries.slice(first))
  }

  function giveUp(entry: Entry) {
    report('supervisor_gives_up', 'a supervisor gives up', entry, { reason: 'reached_max_restart_intensity' })
    entry.restarting = false
    if (entry.child.restart === 'temporary') forgetEntry(entry)
    end()
  }

  function forgetEntry(entry: Entry) {
    entries = entries.filter((other) => other !== entry)
  }

  /** One at a time, the last first; temporary children are not started again. */
  async function stopFrom(first: number) {
    for (const entry of entries.slice(first).reverse()) {
      await stopOne(entry)
      if (entry.child.restart === 'temporary') forgetEntry(entry)
    }
  }

  async function stopOne(entry: Entry) {
    const { running, child: spec } = entry
    entry.running = undefined
    entry.restarting = false
    if (!running) return
    const { shutdown = spec.kind === 'supervisor' ? 'infinity' : workerShutdownMs, restart = 'permanent' } = spec
    const reason = await shutDown(running, shutdown, clock, actor)
    const asTold =
      shutdown === 'brutal_kill' ? reason.kind === 'killed' : reason.kind === 'shutdown' && reason.why === undefined
    const expected = asTold || (restart !== 'permanent' && !isFailure(reason))
    if (!expected && running.signal)
      report('child_shutdown_failed', 'a child did not end as it should', entry, causeOf(reason))
  }

  async function boot() {
    checkChildren(children, autoShutdown)
    const failed = await startAll(entries)
    if (failed) throw new ChildNotStarted(name, failed.entry.child.name, failed.error)
  }

  function find(childName: string): Entry {
    const entry = entries.find(({ child: { name: other } }) => other === childName)
    if (!entry) throw new ChildRefused('not_found', `${name} has no child ${childName}`)
    return entry
  }

  function findStopped(childName: string): Entry {
    const entry = find(childName)
    if (entry.running) throw new ChildRefused('running', `${childName} is running; terminate it first`)
    if (entry.restarting) throw new ChildRefused('restarting', `${childName} is being restarted; terminate it first`)
    return entry
  }

  async function startChild(spec: Child) {
    const same = entries.find(({ child: { name: other } }) => other === spec.name)
    if (same?.running) throw new ChildRefused('already_started', `${spec.name} is running already`)
    if (same) throw new ChildRefused('already_present', `${spec.name} is known already; restart or delete it`)
    checkSignificance(spec, autoShutdown)
    const entry = fresh(spec)
    await startOne(entry)
    if (entry.running || spec.restart !== 'temporary') entries.push(entry)
    return entry.running
  }

  const self: Supervisor = {
    id,
    name,
    actor,
    get alive() {
      return actor.alive
    },
    async start() {
      const failure = await request(actor, () => boot()).then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
      if (!failure) return self
      await actor.requestStop({ kind: 'shutdown', why: failure.error })
      throw failure.error
    },
    stop(reason) {
      abandon()
      return actor.requestStop(reason)
    },
    signal(reason, from) {
      if (from && from === parent) abandon()
      actor.signal(reason, from)
    },
    kill: () => actor.kill(),
    onExit: (listener) => actor.onExit(listener),
    children: () =>
      entries.map(({ child: { name: childName }, running, restarting }) => ({
        name: childName,
        child: running,
        restarting,
      })),
    counts: () => countChildren(entries),
    startChild: (spec) => request(actor, () => startChild(spec)),
    terminateChild: (childName) =>
      request(actor, async () => {
        const entry = find(childName)
        await stopOne(entry)
        if (entry.child.restart === 'temporary') forgetEntry(entry)
      }),
    restartChild: (childName) =>
      request(actor, async () => {
        const entry = findStopped(childName)
        await startOne(entry)
        return entry.running
      }),
    deleteChild: (childName) => request(actor, async () => forgetEntry(findStopped(childName))),
  }
  return self
}

function checkChildren(children: readonly Child[], autoShutdown: SupervisorOptions['autoShutdown']) {
  const names = children.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new InvalidChildren(`two children are called ${twice}; give each a name of its own`)
  for (const one of children) checkSignificance(one, autoShutdown)
}

function checkSignificance(
  { name, significant, restart = 'permanent' }: Child,
  autoShutdown: SupervisorOptions['autoShutdown'],
) {
  if (!significant) return
  if (autoShutdown === 'never')
    throw new InvalidChildren(`${name} is significant, but the supervisor has no autoShutdown`)
  if (restart === 'permanent')
    throw new InvalidChildren(`${name} is permanent, so it can never end for good; it cannot be significant`)
}

function countChildren(entries: readonly Entry[]): ChildCounts {
  const supervisors = entries.filter(({ child: { kind } }) => kind === 'supervisor').length
  return {
    specs: entries.length,
    active: entries.filter(({ running }) => running).length,
    supervisors,
    workers: entries.length - supervisors,
  }
}
