import { describe, expect, it } from 'vitest'
import { oneRunPerJob } from '../../../../harness/apps/talk/checkers/one-run-per-job.ts'
import { type FinalRun, jobAccepted, jobsFinal } from '../../../../harness/apps/talk/jobs.ts'
import { fault, final, historyOf, stall, type TestEvent } from '../../../support/histories.ts'

const accepted = (job: string): TestEvent => ({
  type: 'read',
  who: 'n1',
  node: 'n1',
  operation: jobAccepted,
  value: job,
})
const run = (job: string, node: string, change: Partial<FinalRun> = {}): FinalRun => ({
  job,
  attempt: 1,
  node,
  ended: true,
  beganMs: 0,
  ...change,
})
const jobs = (open: string[], ...runs: FinalRun[]): TestEvent => {
  const ids = [...new Set(runs.map(({ job }) => job)), ...open]
  const all = [...new Set(ids)].map((id) => ({ id, attempt: 1, node: null, ended: !open.includes(id) }))
  return final(jobsFinal, { jobs: all, runs })
}
const judged = (...events: TestEvent[]) => oneRunPerJob.check(historyOf(...events))

const broken = run('a', 'n2', { ended: false })
const again = run('a', 'n1', { attempt: 2 })

describe('one-run-per-job (RT-51, DF-107)', () => {
  it('passes jobs that were run once each, on whichever node', () => {
    const verdict = judged(accepted('a'), accepted('b'), jobs([], run('a', 'n1'), run('b', 'n2')))
    expect(verdict).toMatchObject({ outcome: 'passed', why: '2 jobs run once' })
  })

  it('passes a job that is begun again after its node was broken: at least once', () => {
    expect(judged(accepted('a'), fault(1_000), jobs([], broken, again))).toMatchObject({
      outcome: 'passed',
      why: '1 job run once, and 1 of them begun again after a fault',
    })
  })

  it.each([
    ['an actor of the node', 'n2/Talk.Jobs'],
    ['its way to the database', 'n2->db'],
    ['the database', 'db'],
  ])('takes a fault of %s for a reason', (_title, target) => {
    expect(judged(accepted('a'), fault(1_000, { target }), jobs([], broken, again)).outcome).toBe('passed')
  })

  it('knows nothing from an empty history, without a job, or while one has not ended', () => {
    for (const events of [[], [jobs([])], [accepted('a'), jobs(['a'])], [accepted('a'), jobs(['a'], broken)]])
      expect(judged(...events)).toMatchObject({ outcome: 'unknown' })
  })

  it('knows nothing of a job that was claimed again after a process stood still for long', () => {
    const later = run('a', 'n1', { attempt: 2, beganMs: 3_000 })
    for (const before of [broken, run('a', 'n2')]) {
      expect(judged(accepted('a'), stall(5_000, 3_500, 'n2'), jobs([], before, later)).outcome).toBe('unknown')
      expect(judged(accepted('a'), jobs([], before, later)).outcome).toBe('violated')
    }
    expect(judged(accepted('a'), stall(5_000, 3_500, 'n2'), jobs([], broken, again)).outcome).toBe('violated')
  })

  it.each<[string, TestEvent[], RegExp]>([
    [
      'two nodes ran it at the same time',
      [jobs([], broken, run('a', 'n1'))],
      /^run twice: job a was begun by n2 and n1 at/,
    ],
    ['it was begun again without a reason', [jobs([], broken, again)], /nothing broke n2$/],
    ['only another node was broken', [fault(1_000, { target: 'n12' }), jobs([], broken, again)], /nothing broke n2$/],
    [
      'it came to its end twice, also after a fault',
      [fault(1_000), jobs([], run('a', 'n2'), again)],
      /^run twice: job a came to its end 2 times, on n2 and n1$/,
    ],
    ['the database does not have it', [jobs([], run('b', 'n1'))], /^lost: job a was accepted/],
    ['the database has no job at all', [jobs([])], /^lost: 1 job was accepted/],
  ])('is violated when %s', (_title, events, why) => {
    expect(judged(accepted('a'), ...events)).toMatchObject({ outcome: 'violated', why: expect.stringMatching(why) })
  })
})
