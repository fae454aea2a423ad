import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../../harness/drivers/cluster.ts'
import { toHistory } from '../../../harness/history/history.ts'
import { createRecorder } from '../../../harness/history/recorder.ts'
import { createNemesis } from '../../../harness/runner/nemesis.ts'
import { createTape, type ScheduleEntry } from '../../../harness/runner/schedule.ts'

/** A cluster of which only the database exists, and only as far as it can be broken. */
function stageWith({ startFails = false, recorded }: { startFails?: boolean; recorded?: ScheduleEntry[] } = {}) {
  let running = true
  const database = {
    async kill() {
      running = false
    },
    async start() {
      if (startFails) throw new Error('data folder is gone')
      running = true
    },
    async query() {
      if (!running) throw new Error('connection refused')
      return []
    },
  }
  let nowMs = 0
  const elapsedMs = () => nowMs++
  const recorder = createRecorder({ elapsedMs, sink: () => {}, isDefinite: () => false })
  const states: string[] = []
  const nemesis = createNemesis({
    cluster: { database } as unknown as Cluster,
    recorder,
    tape: createTape(recorded),
    elapsedMs,
    report: ({ state }) => states.push(state),
  })
  return { nemesis, states, isRunning: () => running, faults: () => toHistory(recorder.events).faults }
}

describe('the nemesis (FI-6)', () => {
  it('sees a fault hold and, healed, sees it end', async () => {
    const { nemesis, states, faults, isRunning } = stageWith()
    const injected = await nemesis.inject('db.kill', 'db')
    expect(isRunning()).toBe(false)
    expect(faults()[0]).toMatchObject({ witnessedOnMs: expect.any(Number), witnessedOffMs: null })
    await injected.heal()
    expect(isRunning()).toBe(true)
    expect(faults()[0]).toMatchObject({ witnessedOffMs: expect.any(Number) })
    expect(states).toEqual(['injecting', 'on', 'healing', 'off'])
  })

  it('heals what a step left behind when it threw, by leaving its scope', async () => {
    const { nemesis, isRunning } = stageWith()
    const step = async () => {
      await using _fault = await nemesis.inject('db.kill', 'db')
      throw new Error('the step failed')
    }
    await expect(step()).rejects.toThrow('the step failed')
    expect(isRunning()).toBe(true)
  })

  it('does without a fault that a replay leaves out', async () => {
    const left: ScheduleEntry = { kind: 'fault', name: 'db.kill', target: 'db', options: {}, leftOut: true }
    const { nemesis, isRunning, faults, states } = stageWith({ recorded: [left] })
    const injected = await nemesis.inject('db.kill', 'db')
    expect([isRunning(), faults(), states]).toEqual([true, [], []])
    await injected.heal()
    expect(states).toEqual([])
  })

  it('heals everything that is still broken, once', async () => {
    const { nemesis, states, isRunning } = stageWith()
    const injected = await nemesis.inject('db.kill', 'db')
    await nemesis.healEverything()
    await injected.heal()
    expect(isRunning()).toBe(true)
    expect(states.filter((state) => state === 'healing')).toHaveLength(1)
  })

  it('leaves a fault without an end when healing fails, and says why', async () => {
    const { nemesis, faults } = stageWith({ startFails: true })
    await nemesis.inject('db.kill', 'db')
    await nemesis.healEverything()
    expect(faults()[0]).toMatchObject({
      witnessedOffMs: null,
      witness: { off: expect.stringContaining('data folder is gone') },
    })
  })
})
