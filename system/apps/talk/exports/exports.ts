import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import type { PubSub } from '../../../pubsub/index.ts'
import {
  type AnyActorRef,
  awaitTask,
  child,
  type DynamicSupervisor,
  dynamicSupervisor,
  type ExitReason,
  type Runtime,
  startTask,
  textOf,
} from '../../../runtime/index.ts'
import type { Format } from './export-file.ts'
import type { ExportFiles, StoredExport } from './export-files.ts'
import { type Draft, type StepName, type Steps, stepNames } from './steps.ts'

/** What the topic `export:<id>` says while an export runs: the step that is over, and how many of all are (RT-53). */
export interface Progress {
  step: StepName
  done: number
  total: number
}

/** What a client sees that joins the topic, at any time. */
export type ExportState =
  | ({ status: 'running' } & Partial<Progress>)
  | { status: 'done'; url: string }
  | { status: 'failed'; reason: string }

interface ExportsOptions {
  runtime: Runtime
  clock: Clock
  log: Log
  pubsub: Pick<PubSub, 'broadcast'>
  files: Pick<ExportFiles, 'add' | 'fail' | 'find' | 'content'>
  steps: Steps
  newId(): string
  /** An export that is not over by then is ended. */
  limitMs: number
  /** The same for one within its request. */
  requestLimitMs: number
}

export type Exports = ReturnType<typeof createExports>

export const topicOf = (id: string) => `export:${id}`
export const urlOf = ({ id, format }: { id: string; format: Format }) => `/talk/exports/${id}.${format}`

/** More at once are refused. */
export const exportsMax = 100
const restartBudget = { restartsMax: 20, withinMs: 5_000 } as const

/** Exports of a product list: as an actor that tells how far it is, and, to compare, within the request (RT-41). */
export function createExports(options: ExportsOptions) {
  const { runtime, clock, log, pubsub, files, steps, newId, limitMs, requestLimitMs } = options
  const running = new Map<string, Partial<Progress>>()
  let supervised: DynamicSupervisor<[Draft]> | undefined

  function announce(id: string, event: string, payload: object) {
    pubsub.broadcast(topicOf(id), event, payload)
  }

  /** One step for each message, so that the actor can be stopped between two of them. */
  function startExport(draft: Draft, owner: AnyActorRef) {
    running.set(draft.id, {})
    const actor = runtime.spawn<number>(
      {
        name: 'Talk.Export',
        role: 'talk-export',
        takesTurns: true,
        parent: owner,
        async handle(index, self) {
          await steps.run(stepNames[index]!, draft)
          if (tellProgress(draft, index + 1)) self.exit()
          else self.send(index + 1)
        },
      },
      { unique: false },
    )
    const cancel = clock.after(limitMs, () => actor.kill())
    actor.onExit((reason) => {
      cancel()
      ended(draft, reason)
    })
    actor.send(0)
    return actor
  }

  /** Returns whether it was the last step. */
  function tellProgress({ id }: Draft, done: number): boolean {
    const progress = { step: stepNames[done - 1]!, done, total: stepNames.length }
    running.set(id, progress)
    announce(id, 'progress', progress)
    return done === stepNames.length
  }

  function ended(draft: Draft, reason: ExitReason) {
    running.delete(draft.id)
    if (reason.kind === 'normal') return announce(draft.id, 'done', { url: urlOf(draft) })
    const why = reason.kind === 'crash' ? textOf(reason.error) : 'it was ended'
    announce(draft.id, 'failed', { reason: why })
    files.fail(draft.id, why).catch((error) => {
      log.warn({ event: 'talk_database_unreachable', err: error }, 'talk: a failed export could not be noted')
    })
  }

  async function refused({ id }: Draft, error: unknown): Promise<never> {
    await files.fail(id, textOf(error))
    throw error
  }

  async function runAll(draft: Draft) {
    for (const name of stepNames) await steps.run(name, draft)
  }

  const begin = async (format: Format): Promise<Draft> => {
    const draft = steps.begin(newId(), format)
    await files.add(draft.id, format)
    return draft
  }

  return {
    child: {
      ...child('exports', (parent) => {
        supervised = dynamicSupervisor<[Draft]>({ clock, log }, 'Talk.Exports', {
          ...restartBudget,
          childrenMax: exportsMax,
          parent,
          child: (draft) => ({ restart: 'temporary', start: (owner) => startExport(draft, owner) }),
        })
        return supervised
      }),
      kind: 'supervisor' as const,
    },
    /** Returns the id at once; the topic `export:<id>` says how it goes on. Rejects with ChildRefused while too many run. */
    async start(format: Format): Promise<string> {
      const draft = await begin(format)
      await supervised!.startChild(draft).catch((error) => refused(draft, error))
      return draft.id
    },
    /** Does all steps before it returns the address of the file. Rejects with TaskTimeout after the limit of requests; the work then goes on, and nobody waits for it. */
    async withinRequest(format: Format): Promise<string> {
      const draft = await begin(format)
      await awaitTask(
        clock,
        startTask(runtime, () => runAll(draft), { name: 'Talk.ExportInRequest' }),
        requestLimitMs,
      )
      return urlOf(draft)
    },
    /** The state now. Of an export that runs on another node, only that it runs. */
    async stateOf(id: string): Promise<ExportState | undefined> {
      const here = running.get(id)
      if (here) return { status: 'running', ...here }
      const stored = await files.find(id, limitMs)
      return stored && asState(stored)
    },
    content: files.content,
    runningCount: () => running.size,
  }
}

function asState({ status, failure, ...found }: StoredExport): ExportState {
  if (status === 'running') return { status }
  return status === 'done' ? { status, url: urlOf(found) } : { status, reason: failure ?? 'unknown' }
}
