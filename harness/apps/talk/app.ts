import { type AppTools, defineApp } from '../../app.ts'
import type { NodeState } from '../../cluster/control-client.ts'
import type { OperationEnd } from '../../history/operation.ts'
import { sendHttp } from '../../platform/http.ts'
import { jsonIn } from '../../platform/json.ts'
import { oneRunPerJob } from './checkers/one-run-per-job.ts'
import { addJobOperation, type FinalJobs, jobAccepted, jobsFinal, readJobs } from './jobs.ts'

/** What a node says of its demos; counted since it started. */
interface TalkState {
  stubs: Record<string, { delayMs: number; fails: boolean; calls: number }>
  seatsLeft: number
  scheduledRuns: number
}

/** An answer with JSON, and how long it took. */
export interface TalkAnswer<T = unknown> {
  status: number
  body: T
  tookMs: number
}

const answerWithinMs = 20_000

/** The demos of the talk: requests to them, their stubs, and the jobs of all nodes. */
export const talkApp = defineApp({
  name: 'talk',
  needs: ['control', 'database'],
  checkers: [oneRunPerJob],
  open(tools) {
    const { cluster } = tools.context
    return {
      members: {
        /** GET below `/talk`, such as `parallel?fail=slow`. */
        talkGet: <T>(node: string, path: string) => ask<T>(tools, node, path),
        talkPost: <T>(node: string, path: string, body: object = {}) => ask<T>(tools, node, path, body),
        talkState: (node: string) => stateOf(tools, node),
        setStub: (node: string, stub: { name: string; delayMs?: number; fails?: boolean }) =>
          cluster.node(node).control.post('/talk/stub', stub),
        /** Adds a job on a node; ends with its id. */
        addJob: (node: string, priority = 0) => addJob(tools, node, priority),
        jobs: (): Promise<FinalJobs> => readJobs(cluster.database),
      },
      hasSettled: () => haveJobsEnded(tools),
      async finalReads() {
        return [
          { who: 'harness', type: 'final', operation: jobsFinal, value: await readJobs(cluster.database) } as const,
        ]
      },
    }
  },
})

async function ask<T>(
  { context: { cluster, clock } }: AppTools,
  node: string,
  path: string,
  body?: object,
): Promise<TalkAnswer<T>> {
  const startedMs = clock.monotonicMs()
  const { status, text } = await sendHttp(`${cluster.node(node).directUrl}/talk/${path}`, {
    withinMs: answerWithinMs,
    ...(body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return { status, body: (jsonIn(text) ?? text) as T, tookMs: clock.monotonicMs() - startedMs }
}

async function stateOf({ context: { cluster } }: AppTools, node: string): Promise<TalkState> {
  const { talk } = await cluster.node(node).control.state<NodeState & { talk: TalkState }>()
  return talk
}

async function addJob(tools: AppTools, node: string, priority: number): Promise<OperationEnd<string>> {
  const outcome = await tools.operation(node, addJobOperation, { priority }, async () => {
    const { status, body } = await ask<{ id: string }>(tools, node, 'jobs', { priority })
    if (status !== 202) throw new Error(`adding a job was answered with status ${status}`)
    return body.id
  })
  const { recorder } = tools.context
  if (outcome.kind === 'ok')
    recorder.record({ who: node, node, type: 'read', operation: jobAccepted, value: outcome.value })
  return outcome
}

/** Jobs of a node that was lost begin again when its claim is over. */
async function haveJobsEnded({ context: { cluster } }: AppTools): Promise<boolean> {
  const { jobs } = await readJobs(cluster.database)
  return jobs.every(({ ended }) => ended)
}
