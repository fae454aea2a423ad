import { finding, worstFinding } from '../../../checkers/core/manners/reasons.ts'
import type { History } from '../../../history/history.ts'
import type { FaultRecord } from '../../../history/operation.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../../verdict/checker.ts'
import { type FinalJobs, type FinalRun, jobAccepted, jobsFinal } from '../jobs.ts'

/**
 * Each job is run by one node (RT-51). Another run needs a reason: a fault that hit the node of the run before it, which did not get to its
 * end. That is at least once: no job is lost with a node, and a job that a lost node had begun is begun again.
 */
export const oneRunPerJob: Checker = {
  name: 'one-run-per-job',
  invariant:
    'every job that was accepted is run once; one that a broken node had begun is run again, by one node at a time',
  check(history) {
    const [final] = history.finals<FinalJobs>(jobsFinal)
    if (!final) return unknown('nobody read the jobs in the end')
    if (final.value.jobs.length === 0) return noJobs(history)
    return lost(history, final.value) ?? repeated(history, final.value) ?? waiting(final.value)
  },
}

const acceptedIn = (history: History) => history.of('read', jobAccepted).map(({ value }) => value as string)

function noJobs(history: History): Verdict {
  const accepted = acceptedIn(history).length
  return accepted === 0
    ? unknown('nobody added a job')
    : violated(`lost: ${count(accepted, 'job was', 'jobs were')} accepted, and the database has none`)
}

function lost(history: History, { jobs }: FinalJobs): Verdict | undefined {
  const known = new Set(jobs.map(({ id }) => id))
  const missing = acceptedIn(history).find((id) => !known.has(id))
  return missing === undefined
    ? undefined
    : violated(`lost: job ${missing} was accepted, and the database does not have it`)
}

function repeated(history: History, { runs }: FinalJobs): Verdict | undefined {
  const findings = [...Map.groupBy(runs, (run) => run.job)].flatMap(([job, ofJob]) => {
    const problem = problemOf(ofJob, history.faults)
    if (!problem) return []
    const sentence = `run twice: job ${job} ${problem}`
    const evidence = { job, runs: ofJob }
    // Whoever stands still until its claim is over loses the job, and may end it all the same.
    return mayBeClaimedAgain(ofJob)
      ? finding(history, sentence, 0, history.endMs, evidence)
      : violated(sentence, evidence)
  })
  return worstFinding(findings)
}

/** No claim is shorter. */
const claimLeastMs = 1_000

/** Each run began so long after the one before it that the claim of that one may have been over. */
const mayBeClaimedAgain = (runs: readonly FinalRun[]) =>
  runs.every((run, index) => index === 0 || run.beganMs - runs[index - 1]!.beganMs >= claimLeastMs)

/** Why the runs of one job, in their order, cannot be right. Pure. */
function problemOf(runs: readonly FinalRun[], faults: readonly FaultRecord[]): string | undefined {
  const ended = runs.filter((run) => run.ended)
  if (ended.length > 1) return `came to its end ${ended.length} times, on ${nodesOf(ended)}`
  for (const [index, run] of runs.slice(0, -1).entries()) {
    const next = runs[index + 1]!
    if (next.attempt === run.attempt) return `was begun by ${nodesOf([run, next])} at the same time`
    if (!faults.some((fault) => hits(fault, run.node)))
      return `was begun by ${nodesOf([run, next])}, and nothing broke ${run.node}`
  }
}

const nodesOf = (runs: readonly FinalRun[]) => runs.map(({ node }) => node).join(' and ')

/** A node, a part of it, or its way to the database. */
const hits = ({ target, parts = [target] }: FaultRecord, node: string) =>
  parts.some((part) => part === 'db' || part.split(/->|\//).includes(node))

/** A job that waits may be late: only one that ran says something. */
function waiting({ jobs, runs }: FinalJobs): Verdict {
  const open = jobs.filter(({ ended }) => !ended)
  if (open.length > 0)
    return unknown(`${count(open.length, 'job has', 'jobs have')} not ended yet, such as ${open[0]!.id}`)
  const again = runs.length - jobs.length
  return passed(
    `${count(jobs.length, 'job')} run once${again > 0 ? `, and ${again} of them begun again after a fault` : ''}`,
  )
}
