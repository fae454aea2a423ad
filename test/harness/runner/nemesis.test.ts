import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { ownPromises } from '../../../harness/cluster/promises.ts'
import { toHistory } from '../../../harness/history/history.ts'
import { createRecorder } from '../../../harness/history/recorder.ts'
import { createDecisionLog, type ScheduleEntry } from '../../../harness/plans/schedule.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { createNemesis } from '../../../harness/runner/nemesis.ts'

interface StageOptions {
  killFails?: boolean
  startFails?: boolean
  startHangs?: boolean
  /** What stands in front of the nodes. */
  balancer?: object
  recorded?: readonly ScheduleEntry[]
}

/** A cluster of which only the database exists, and only as far as it can be broken, and on its nodes actors that come back. */
function stageWith({
  killFails = false,
  startFails = false,
  startHangs = false,
  balancer,
  recorded,
}: StageOptions = {}) {
  let running = true
  const database = {
    async kill() {
      if (killFails) throw new Error('no such process')
      running = false
    },
    async start() {
      if (startHangs) await new Promise(() => {})
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
  const log = createDecisionLog(recorded)
  const nemesis = createNemesis({
    cluster: {
      ...{ database, balancer, promises: ownPromises, nodes: [{ name: 'n1' }], node: () => nodeOfActors() },
    } as unknown as Cluster,
    recorder,
    log,
    random: seededRandom(1),
    elapsedMs,
    healWithinMs: 20,
    report: ({ state }) => states.push(state),
  })
  const entries = () => log.entries
  return { nemesis, states, entries, isRunning: () => running, faults: () => toHistory(recorder.events).faults }
}

/** A node that does what it is told, and whose port nobody answers. */
const nodeOfActors = () => ({ name: 'n1', hasWeb: true, port: 1, kill: async () => {}, control: controlOfActors() })

function controlOfActors() {
  let lastId = 4
  const actors = ['a', 'b', 'c', 'd'].map((name, id) => ({ id: String(id), name, role: 'channel' }))
  return {
    actors: async () => [...actors],
    async killActor(id: string) {
      const at = actors.findIndex((actor) => actor.id === id)
      lastId += 1
      actors.push({ ...actors.splice(at, 1)[0]!, id: String(lastId) })
      return id
    },
  }
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

  it('records the effects of the kind, so that nobody has to know it (AM-4)', async () => {
    const { nemesis, faults } = stageWith()
    await nemesis.inject('node.kill', 'n1')
    expect(faults()[0]).toMatchObject({ explains: { at: 'node' }, forgets: 'memory' })
    await nemesis.inject('db.kill', 'db')
    expect(faults()[1]).not.toHaveProperty('explains')
  })

  it('says that what happens to a node touches the clients of the balancer in front of it (FI-13)', async () => {
    const { nemesis, faults } = stageWith({ balancer: {} })
    await nemesis.inject('node.kill', 'n1')
    expect(faults()[0]).toMatchObject({ target: 'n1', parts: ['n1', 'balancer'] })
  })

  it('makes one fault of all the nodes of a deploy (FI-13)', async () => {
    const { nemesis } = stageWith()
    await expect(nemesis.inject('deploy.rolling', 'n1,n2')).rejects.toThrow('deploy.rolling needs a balancer')
    await expect(nemesis.inject('deploy.rolling', 'n1,db')).rejects.toThrow(
      'deploy.rolling is aimed at nodes, all together, such as all, n1,n2; got "n1,db"',
    )
  })

  it('refuses a target or an option that makes no sense, and records nothing', async () => {
    const { nemesis, faults } = stageWith()
    await expect(nemesis.inject('db.kill', 'n1')).rejects.toThrow('db.kill is aimed at the database')
    await expect(nemesis.inject('db.kill', 'db', { hard: true })).rejects.toThrow('db.kill has no option hard')
    expect(faults()).toEqual([])
  })

  it('names a fault that does not exist, and one that may be meant', async () => {
    const { nemesis } = stageWith()
    await expect(nemesis.inject('db.kil' as 'db.kill', 'db')).rejects.toThrow(
      'there is no fault db.kil, did you mean db.kill?',
    )
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

  it('heals one by its number, once, and none for a number that there is not', async () => {
    const { nemesis, states, faults, isRunning } = stageWith()
    await nemesis.inject('db.kill', 'db')
    await nemesis.heal(99)
    expect(isRunning()).toBe(false)
    const { id } = faults()[0]!
    await Promise.all([nemesis.heal(id), nemesis.heal(id)])
    expect(isRunning()).toBe(true)
    expect(states.filter((state) => state === 'off')).toHaveLength(1)
  })

  it('says of a fault that could not be injected why, and can heal it', async () => {
    const { nemesis, faults } = stageWith({ killFails: true })
    await expect(nemesis.inject('db.kill', 'db')).rejects.toThrow('no such process')
    expect(faults()[0]).toMatchObject({
      witnessedOnMs: null,
      witness: { on: 'could not be injected: no such process' },
    })
    await nemesis.heal(faults()[0]!.id)
    expect(faults()[0]).toMatchObject({ witnessedOffMs: expect.any(Number) })
  })

  it('does not wait for ever for one that does not heal', async () => {
    const { nemesis, faults } = stageWith({ startHangs: true })
    await nemesis.inject('db.kill', 'db')
    await nemesis.healEverything()
    expect(faults()[0]).toMatchObject({
      witnessedOffMs: null,
      witness: { off: 'healing failed: not healed within 0.02 s' },
    })
  })

  it('breaks nothing after the end of the scenario', async () => {
    const { nemesis, isRunning } = stageWith()
    await nemesis.close()
    await expect(nemesis.inject('db.kill', 'db')).rejects.toThrow('db.kill db was asked for after the end')
    expect(isRunning()).toBe(true)
  })

  it('heals at once what takes hold after the end of the scenario', async () => {
    const { nemesis, isRunning } = stageWith()
    const late = nemesis.inject('db.kill', 'db')
    await Promise.all([nemesis.close(), expect(late).rejects.toThrow('took hold after the end')])
    expect(isRunning()).toBe(true)
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

describe('what a scenario leaves to chance (FI-1)', () => {
  it('is decided by the seed and written down in names', async () => {
    const { nemesis, faults, entries } = stageWith()
    await using _kill = await nemesis.inject('actor.kill', 'n1/*')
    expect(faults()[0]).toMatchObject({ target: expect.stringMatching(/^n1\/[abcd]$/), parts: [faults()[0]!.target] })
    expect(entries()).toMatchObject([{ target: 'n1/*', value: faults()[0]!.target }])
  })

  it('is in a replay what it was then', async () => {
    const then = { kind: 'fault' as const, name: 'actor.kill', target: 'n1/*', options: {} }
    for (const value of ['n1/a', 'n1/d']) {
      const { nemesis, faults } = stageWith({ recorded: [{ ...then, value }] })
      await using _kill = await nemesis.inject('actor.kill', 'n1/*')
      expect(faults()[0]!.target).toBe(value)
    }
  })
})
