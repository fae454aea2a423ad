import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import type { PubSub, Subscriber } from '../../../pubsub/index.ts'
import {
  type ActorSelf,
  child,
  type Runtime,
  shutDownTask,
  startTask,
  textOf,
  yieldTask,
} from '../../../runtime/index.ts'
import type { ClaimedJob, JobQueue } from './job-queue.ts'

interface JobWorkerOptions {
  runtime: Runtime
  clock: Clock
  log: Log
  pubsub: Pick<PubSub, 'subscribe' | 'unsubscribe' | 'broadcast'>
  queue: Pick<JobQueue, 'claim' | 'end' | 'nextClaimInMs' | 'claimMs'>
  work(job: ClaimedJob): Promise<unknown>
  /** How long after its start, and how often, it looks for jobs that were not announced to it. */
  lookMs: number
}

type Look = 'look'

const topic = 'talk_jobs'
/** A job that kills its node must not kill one node after the other. */
const attemptsMax = 5
/** Waited after the end of a claim, so that the clock of the database sees it as over too. */
const claimSlackMs = 20

/** Runs the jobs of the table, one after the other on each node. */
export function createJobWorker({ runtime, clock, log, pubsub, queue, work, lookMs }: JobWorkerOptions) {
  let isWorking = false
  let isLookQueued = false
  let disarm = () => {}

  async function look(self: ActorSelf<Look>) {
    isLookQueued = false
    const nextMs = await runNext(self.ref).catch(unreachable)
    if (nextMs === 0) self.send('look')
    else arm(self, nextMs)
  }

  /** Returns in how many ms to look again. */
  async function runNext(owner: ActorSelf<Look>['ref']): Promise<number> {
    const claimedAtMs = clock.monotonicMs()
    const job = await queue.claim()
    if (!job) return nextLookMs()
    isWorking = true
    await run(job, claimedAtMs, owner).finally(() => {
      isWorking = false
    })
    return 0
  }

  /** Runs it in a task that ends with the worker and with the claim, so that no other node runs it at the same time. */
  async function run(job: ClaimedJob, claimedAtMs: number, owner: ActorSelf<Look>['ref']) {
    if (job.attempt > attemptsMax) return queue.end(job, `given up after ${attemptsMax} attempts`)
    const task = startTask(runtime, () => settled(work(job)), { name: 'Talk.Job', linkedTo: owner })
    const leftMs = queue.claimMs - (clock.monotonicMs() - claimedAtMs)
    const outcome = await yieldTask(clock, task, leftMs)
    if (!outcome) await shutDownTask(clock, task, owner, 'brutal_kill')
    if (outcome && 'ok' in outcome) await queue.end(job, outcome.ok)
  }

  async function nextLookMs(): Promise<number> {
    const inMs = await queue.nextClaimInMs()
    return inMs === undefined ? lookMs : Math.min(lookMs, Math.max(0, inMs) + claimSlackMs)
  }

  function unreachable(error: unknown): number {
    log.warn({ event: 'talk_database_unreachable', err: error }, 'talk: jobs could not be read or ended; trying again')
    return lookMs
  }

  /** However many jobs are added meanwhile, one look finds them all. */
  function queueLook(self: ActorSelf<Look>) {
    if (isLookQueued) return
    isLookQueued = true
    self.send('look')
  }

  function arm(self: ActorSelf<Look>, afterMs: number) {
    disarm()
    disarm = self.sendAfter(afterMs, 'look')
  }

  return {
    child: child('job worker', () => {
      let subscriber: Subscriber | undefined
      return runtime.start<Look>({
        name: 'Talk.Jobs',
        role: 'talk-jobs',
        init(self) {
          // The queued look of an earlier worker is gone with its mailbox.
          isLookQueued = false
          subscriber = { deliver: () => queueLook(self) }
          pubsub.subscribe(topic, subscriber)
          arm(self, lookMs)
        },
        handle: (_look, self) => look(self),
        terminate() {
          if (subscriber) pubsub.unsubscribe(topic, subscriber)
          isWorking = false
        },
      })
    }),
    /** Tells the workers of all nodes that there is something to do. */
    announce: () => pubsub.broadcast(topic, 'added', {}),
    isWorking: () => isWorking,
  }
}

/** A job that fails has ended: the text says why. */
const settled = (work: Promise<unknown>): Promise<string | undefined> => work.then(() => undefined, textOf)
