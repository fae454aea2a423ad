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
  /** How long after its start, and how often, it looks for jobs that nobody told it of. */
  lookMs: number
}

type Look = 'look'

const topic = 'talk_jobs'
/** A job that takes its node with it each time must not take all of them. */
const attemptsMax = 5
/** Of this node and others, for the claim to be seen as over by the clock of the database. */
const claimSlackMs = 20

/** Runs the jobs of the table, one after the other on each node. */
export function createJobWorker({ runtime, clock, log, pubsub, queue, work, lookMs }: JobWorkerOptions) {
  let isWorking = false
  let isTold = false
  let disarm = () => {}

  async function look(self: ActorSelf<Look>) {
    isTold = false
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

  /** In a task that ends with the worker and with the claim: nobody else has the job as long as it runs here. */
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
  function tell(self: ActorSelf<Look>) {
    if (isTold) return
    isTold = true
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
          // What the one before it was told went with its mailbox.
          isTold = false
          subscriber = { deliver: () => tell(self) }
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
