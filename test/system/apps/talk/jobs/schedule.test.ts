import { afterEach, describe, expect, it } from 'vitest'
import { createSchedule } from '../../../../../system/apps/talk/jobs/schedule.ts'
import { type Bench, createBench } from '../support.ts'

let bench: Bench
afterEach(() => bench.stop())

const hourMs = 3_600_000

/** What the database has of the schedule, which outlives every start. */
function createMemory() {
  let lastRunMs = Number.NEGATIVE_INFINITY
  let runs = 0
  return {
    runs: () => runs,
    isDown: false,
    queries: 0,
    async query(text: string) {
      this.queries += 1
      if (this.isDown) throw new Error('the database is down')
      const inMs = lastRunMs + hourMs - bench.clock.now()
      if (!text.includes('insert')) return [{ inMs }] as never[]
      if (inMs > 0) return []
      lastRunMs = bench.clock.now()
      runs += 1
      return [{ id: `clean-up:${runs}` }] as never[]
    },
  }
}

async function startNode(memory: ReturnType<typeof createMemory>) {
  let announced = 0
  const schedule = createSchedule({
    runtime: bench.runtime,
    log: bench.log,
    database: { query: (text) => memory.query(text) },
    name: 'clean-up',
    periodMs: hourMs,
    lookMs: 60_000,
    onRun: () => {
      announced += 1
    },
  })
  await bench.start(schedule.child)
  return { schedule, announced: () => announced }
}

describe('scheduled work (RT-42)', () => {
  it('runs in every period, and announces each job', async () => {
    bench = createBench()
    const memory = createMemory()
    const { schedule, announced } = await startNode(memory)
    await bench.clock.advance(60_000)
    expect(memory.runs()).toBe(1)
    await bench.clock.advance(3 * hourMs)
    expect([memory.runs(), schedule.runs(), announced()]).toEqual([4, 4, 4])
  })

  it('goes on after its actor was killed, without a run more or less', async () => {
    bench = createBench()
    const memory = createMemory()
    await startNode(memory)
    await bench.clock.advance(60_000 + hourMs / 2)
    await bench.kill('Talk.Schedule')
    await bench.clock.advance(hourMs / 2)
    expect(memory.runs()).toBe(2)
  })

  it('runs although the node is restarted every half period (RT-43, DF-106)', async () => {
    bench = createBench()
    const memory = createMemory()
    for (let start = 0; start < 8; start += 1) {
      await startNode(memory)
      await bench.clock.advance(hourMs / 2)
      await bench.stop()
    }
    expect(memory.runs()).toBe(4)
  })

  it('waits for the database, and asks nothing of it in the first minute', async () => {
    bench = createBench()
    const memory = createMemory()
    memory.isDown = true
    await startNode(memory)
    await bench.clock.advance(59_999)
    expect(memory.queries).toBe(0)
    await bench.clock.advance(120_000)
    expect(memory.queries).toBe(2)
    memory.isDown = false
    await bench.clock.advance(60_000)
    expect(memory.runs()).toBe(1)
  })
})
