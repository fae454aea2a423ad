import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeWorkload } from '../../../harness/apps/store/workload.ts'
import { chosenFrom, readSchedule } from '../../../harness/cli/replay.ts'
import { keeping } from '../../../harness/explore/shrink-schedule.ts'
import { createPlan } from '../../../harness/plans/plan.ts'
import type { ScheduleEntry } from '../../../harness/plans/schedule.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { squall } from './support.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const schedule = { schemaVersion: 1, seed: '0x5', driver: 'process', nodes: 3, defects: [] }

function leaveRun(name: string, outcome: string, checks: object[], extra: object = {}) {
  const run = join(folder, name)
  mkdirSync(run)
  const id = 'cluster/broadcast'
  writeFileSync(join(run, 'schedule.json'), JSON.stringify({ ...schedule, scenarios: [{ id, entries: [], ...extra }] }))
  writeFileSync(join(run, 'verdict.json'), JSON.stringify({ schemaVersion: 2, scenarios: [{ id, outcome, checks }] }))
  writeFileSync(join(run, 'history.ndjson'), '')
  return run
}

describe('making a failure smaller (FI-18)', () => {
  it('needs a failure', async () => {
    const run = leaveRun('passed', 'passed', [])
    expect(await squall(['shrink', run])).toEqual({
      code: 64,
      out: '',
      err: 'squall: no invariant was violated in this run, so there is no failure to shrink\n',
    })
  })

  it('leaves nothing out where an expectation failed: it presumes the faults before it', async () => {
    const run = leaveRun('expected', 'violated', [{ name: 'expectations', outcome: 'violated', why: 'x' }])
    const { code, err } = await squall(['shrink', run])
    expect([code, err]).toEqual([64, expect.stringContaining('what failed in cluster/broadcast is an expectation')])
  })

  it('keeps a tape as it is, and marks the faults that are left out', () => {
    const kill: ScheduleEntry = { kind: 'fault', name: 'node.kill', target: 'n1' }
    const cut: ScheduleEntry = { kind: 'fault', name: 'link.cut', target: 'n1->n2' }
    const sell: ScheduleEntry = { kind: 'op', name: 'sell', target: 'n1' }
    expect(keeping([kill, sell, cut], [cut])).toEqual([{ ...kill, leftOut: true }, sell, cut])
  })
})

describe('the schedule of a random scenario (FI-18)', () => {
  it('holds its plan', () => {
    const plan = createPlan(storeWorkload, seededRandom(3), 3)
    const run = leaveRun('planned', 'violated', [], { plan })
    expect(readSchedule(run).scenarios[0]!.plan).toEqual(plan)
  })

  it('is damaged when its plan is', () => {
    const run = leaveRun('damaged', 'violated', [], {
      plan: { schemaVersion: 1, app: 'store', seed: 1, rounds: [[{ do: 'fly' }]], faults: [] },
    })
    expect(() => readSchedule(run)).toThrow(/schedule\.json is damaged: rounds\.0\.0\.do: /)
  })

  it('is run again from its plan, though no file below scenarios/ has it', () => {
    const plan = createPlan(storeWorkload, seededRandom(4), 4)
    const recorded = { ...schedule, scenarios: [{ id: 'explore/scenario-7', entries: [], plan }] } as never
    expect(chosenFrom(recorded, [])).toMatchObject([{ id: 'explore/scenario-7', plan }])
  })

  it('must be a plan where a file is run again', async () => {
    writeFileSync(join(folder, 'no.json'), '{}')
    const { code, err } = await squall(['replay', join(folder, 'no.json')])
    expect([code, err]).toEqual([64, expect.stringMatching(/no\.json is no plan of a scenario: /)])
  })
})
