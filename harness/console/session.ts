import { join } from 'node:path'
import type { Cluster } from '../cluster/cluster.ts'
import type { SystemPatch } from '../cluster/system-patch.ts'
import type { CoreContext } from '../context.ts'
import { lastRecords, type Recording } from '../plans/recording.ts'
import { systemClock as clock } from '../platform/clock.ts'
import { UsageError } from '../platform/errors.ts'
import { fileReporters } from '../reporters/index.ts'
import { multiplex } from '../reporters/multiplexer.ts'
import { performRecording, scenarioByHand } from '../runner/recording-scenario.ts'
import { runAll } from '../runner/run.ts'
import type { RunEnvironment } from '../runner/run-environment.ts'
import type { RunResult } from '../verdict/result.ts'
import { adopting } from './adopted.ts'

/** `watching` is not kept; `saving` heals, settles, reads and judges. */
export type Mode = 'starting' | 'watching' | 'recording' | 'replaying' | 'saving' | 'ended'

/** A run that was saved. */
export interface Saved {
  folder: string
  outcome: string
  why: string
  /** The command that does it again. */
  replay: string
  recording: Recording
}

export interface Sessions {
  mode(): Mode
  /** The phase that the run is in. */
  phase(): string
  /** Undefined while no step can be done. */
  context(): CoreContext | undefined
  saved(): readonly Saved[]
  /** From now on everything is kept. Rejects while a fault holds: what is not healthy before it is broken proves nothing. */
  record(): Promise<void>
  /** Does on this cluster what a saved recording says, as a recording of its own. */
  replay(folder: string): Promise<void>
  /** Begins anew when nobody would notice: the history of a session that is not kept must not grow for ever. */
  renew(): Promise<void>
  /** Heals, settles, judges and writes the folder of the run. */
  save(): Promise<void>
  close(): Promise<void>
}

interface Options {
  cluster: Cluster
  environment: RunEnvironment
  seed: number
  patch: SystemPatch
  /** The folder for folders of runs. */
  out: string
  pubsub: 'mesh' | 'redis'
  interruptedBy(): 'SIGINT' | 'SIGTERM' | undefined
  complain(sentence: string): void
}

interface Session {
  mode: 'watching' | 'recording' | 'replaying'
  phase: string
  context?: CoreContext
  isGivenUp: boolean
  finish(): void
  /** Resolves when the first step has begun, or the run is over without one. */
  begun: Promise<void>
  ended: Promise<{ run: RunResult; recording: Recording }>
  /** Resolves when also what follows has begun. */
  over: Promise<void>
}

const againAfterMs = 1_000

/** One session after the other on a cluster that stays: each is a run of one scenario, whose steps a person does. */
export async function openSessions(options: Options): Promise<Sessions> {
  const saved: Saved[] = []
  let isBusy = false
  let isClosed = false
  let current = start('watching')
  await current.begun

  function start(mode: Session['mode'], recording?: Recording): Session {
    const session = begin(options, mode, recording)
    session.over = session.ended.then(
      (ended) => afterEnd(session, ended),
      (error: Error) => afterFailure(session, error),
    )
    return session
  }

  /** The run could not even be written. */
  async function afterFailure(session: Session, { message }: Error) {
    options.complain(message)
    await clock.sleep(againAfterMs)
    if (!session.isGivenUp && !isClosed) current = start('watching')
  }

  /** Whoever gave a session up begins the next one; one that ended by itself is followed by one that watches. */
  async function afterEnd(session: Session, { run, recording }: Awaited<Session['ended']>) {
    if (session.mode !== 'watching') saved.unshift({ folder: run.folder, ...lookAt(run), recording })
    if (session.isGivenUp || isClosed) return
    if (!session.context) await clock.sleep(againAfterMs)
    if (!isClosed) current = start('watching')
  }

  /** One change of sessions at a time. */
  async function exclusively(work: () => Promise<void>) {
    if (isBusy) throw new UsageError('the console is just beginning or saving a session; wait until it is done')
    isBusy = true
    try {
      await work()
    } finally {
      isBusy = false
    }
  }

  async function change(mode: Session['mode'], recording?: Recording) {
    current.isGivenUp = true
    await current.over
    if (isClosed) return
    const next = start(mode, recording)
    current = next
    await next.begun
    if (!next.context)
      throw new UsageError('the session could not begin, because the cluster is not in its steady state')
  }

  const keep = (mode: 'recording' | 'replaying', recording?: Recording) =>
    exclusively(async () => {
      if (current.mode !== 'watching') throw new UsageError('a recording goes on already; save it first')
      requireHealthy(current)
      await change(mode, recording)
    })

  return {
    mode: () => modeOf(current, isBusy, isClosed),
    phase: () => current.phase,
    context: () => current.context,
    saved: () => saved,
    record: () => keep('recording'),
    async replay(folder) {
      const found = saved.find((one) => one.folder === folder)
      if (!found) throw new UsageError(`this console has saved no run ${folder}`)
      await keep('replaying', found.recording)
    },
    renew: () => exclusively(() => change('watching')),
    save: () =>
      exclusively(async () => {
        if (current.mode !== 'recording') throw new UsageError('nothing is being recorded; start a recording first')
        current.finish()
        await current.over
        await current.begun
      }),
    async close() {
      isClosed = true
      current.isGivenUp = true
      await current.over.catch(() => {})
    },
  }
}

function requireHealthy({ context }: Session) {
  const faults = [...lastRecords(context?.recorder.events ?? []).values()]
  const held = faults.find(({ healRequestedMs }) => healRequestedMs === null)
  if (held)
    throw new UsageError(
      `${held.kind} ${held.target} still holds; heal it first: a recording begins in the steady state`,
    )
}

function modeOf({ mode, context, phase }: Session, isBusy: boolean, isClosed: boolean): Mode {
  if (isClosed) return 'ended'
  if (phase !== 'steps' && context) return mode === 'watching' ? 'starting' : 'saving'
  return isBusy || !context ? 'starting' : mode
}

function begin(options: Options, mode: Session['mode'], recording?: Recording): Session {
  const { cluster, environment, seed, patch, pubsub, complain } = options
  const begun = Promise.withResolvers<void>()
  const finished = Promise.withResolvers<void>()
  const session: Session = {
    mode,
    phase: 'provision',
    isGivenUp: false,
    finish: finished.resolve,
    begun: begun.promise,
    ended: Promise.resolve(undefined as never),
    over: Promise.resolve(),
  }
  const scenario = scenarioByHand({
    title: mode === 'replaying' ? 'a recording of the console, done again' : 'what was done in the console',
    nodes: cluster.nodes.length,
    async perform(context) {
      session.context = context
      session.phase = 'steps'
      begun.resolve()
      await (recording ? performRecording(recording, context) : finished.promise)
    },
  })
  const run = runAll({
    suite: 'console',
    scenarios: [scenario],
    seed,
    nodes: cluster.nodes.length,
    pubsub,
    patch,
    jobs: 1,
    headed: false,
    out: mode === 'watching' ? join(environment.workFolder, 'watched') : options.out,
    reporter: multiplex(
      {
        console: {
          onPhase(_id, phase) {
            session.phase = phase
          },
        },
        ...(mode !== 'watching' && fileReporters()),
      },
      complain,
    ),
    // A session that is not kept ends as if by a signal: healed and judged, and no time is spent on settling.
    interruptedBy: () => options.interruptedBy() ?? (session.isGivenUp ? 'SIGTERM' : undefined),
    environment: adopting(environment, cluster),
  })
  session.ended = run.then((its) => ({ run: its, recording: scenario.recording!() })).finally(begun.resolve)
  return session
}

function lookAt({ outcome, scenarios }: RunResult) {
  const telling = scenarios.flatMap(({ checks }) => checks).find((one) => one.outcome === outcome)
  const [scenario] = scenarios
  return {
    outcome,
    replay: scenario?.replay ?? '',
    why: telling && outcome !== 'passed' ? `${telling.name}: ${telling.why}` : '',
  }
}
