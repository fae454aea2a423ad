import type { AppControls, HarnessApp } from '../app.ts'
import { apps } from '../apps/index.ts'
import type { CoreContext, Injected } from '../context.ts'
import { type Recording, type RecordingEntry, recordingOf } from '../plans/recording.ts'
import type { Scenario } from '../scenario.ts'

/** A day; a person ends it. */
const byHandWithinMs = 24 * 3_600_000
const afterLastMs = 60_000

interface HandledApp {
  name: string
  controls: AppControls
}

/** The first application that a person can use by hand. Throws when there is none of this name. */
export function handledApp(name?: string): HandledApp {
  const all: readonly HarnessApp[] = Object.values(apps)
  const found = all.find((app) => app.controls && (name === undefined || app.name === name))
  if (found?.controls) return { name: found.name, controls: found.controls }
  throw new Error(`no application ${name ?? ''} can be used by hand`)
}

export const recordingId = 'console/recording'

interface ByHand {
  title: string
  nodes: number
  app?: string
  /** Default: a day. */
  withinMs?: number
  /** Does what is done, and resolves when it is over. */
  perform(context: CoreContext): Promise<void>
}

/** The scenario of what is done by hand: one step, which lasts until it is over, and every invariant that holds whatever people do. */
export function scenarioByHand({ title, nodes, app, withinMs = byHandWithinMs, perform }: ByHand): Scenario {
  const { name, controls } = handledApp(app)
  let context: CoreContext | undefined
  let [fromMs, toMs] = [0, 0]
  return {
    id: recordingId,
    title,
    invariant: 'Whatever is done by hand, every invariant holds when all is mended.',
    covers: ['FI-18'],
    apps: [name],
    given: { nodes },
    hasVisitors: true,
    stepWithinMs: withinMs,
    stepsWithinMs: withinMs,
    steps: [
      {
        title: 'what is done by hand',
        async run(its) {
          context = its
          fromMs = its.recorder.nowMs()
          toMs = Number.POSITIVE_INFINITY
          await perform(its)
          toMs = its.recorder.nowMs()
        },
      },
    ],
    expectations: [],
    checkers: [...controls.checkers],
    recording: () =>
      recordingOf(context?.recorder.events ?? [], {
        app: name,
        nodes,
        fromMs,
        toMs: Math.min(toMs, context?.recorder.events.at(-1)?.tMs ?? 0),
        operations: Object.keys(controls.operations),
      }),
  }
}

/** The scenario that does what a recording says, at the same times. */
export const scenarioOfRecording = (recording: Recording): Scenario =>
  scenarioByHand({
    title: 'a recording of the console, done again',
    nodes: recording.nodes,
    app: recording.app,
    withinMs: recording.durationMs + afterLastMs,
    perform: (context) => performRecording(recording, context),
  })

/** Asks for everything at its time, whatever has become of what was asked for before. Rejects with the first thing that could not be asked. */
export async function performRecording({ entries, durationMs, app }: Recording, context: CoreContext): Promise<void> {
  const { operations } = handledApp(app).controls
  const startedMs = context.clock.monotonicMs()
  const until = (atMs: number) => context.clock.sleep(Math.max(0, startedMs + atMs - context.clock.monotonicMs()))
  const faults = new Map<number, Promise<Injected>>()
  const begun: Promise<unknown>[] = []
  const begin = (entry: RecordingEntry): Promise<unknown> => {
    if (entry.do === 'heal') return healOf(faults.get(entry.fault))
    if (entry.do === 'operation') return operate(operations, entry, context)
    const injected = context.nemesis.inject(entry.kind, entry.target, entry.options)
    faults.set(entry.fault, injected)
    return injected
  }
  for (const entry of entries) {
    await until(entry.atMs)
    const work = begin(entry)
    work.catch(() => {})
    begun.push(work)
  }
  await until(durationMs)
  await Promise.all(begun)
}

type Operation = Extract<RecordingEntry, { do: 'operation' }>

async function operate(operations: AppControls['operations'], { name, node, value }: Operation, context: CoreContext) {
  const operation = operations[name]
  if (!operation)
    throw new Error(`the recording has the operation ${name}, which the application does not have any more`)
  await operation.run(context, node, value)
}

const healOf = async (fault: Promise<Injected> | undefined) => (await fault)?.heal()
