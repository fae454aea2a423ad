import { afterEach, describe, expect, it } from 'vitest'
import { createLoopingActors } from '../../../../system/apps/workloads/looping-actors.ts'
import { createObserver } from '../../../../system/observer/index.ts'
import { systemClock as clock } from '../../../../system/platform/clock.ts'
import { silentLog as log } from '../../../../system/platform/log.ts'
import { createRuntime, supervisor } from '../../../../system/runtime/index.ts'

let end = async () => {}
afterEach(() => end())

async function setUp() {
  const runtime = createRuntime({ clock, log })
  const loops = createLoopingActors({ runtime, clock, log })
  const options = { strategy: 'one_for_one', restartsMax: 20, withinMs: 5_000 } as const
  const child = { ...loops.child, name: 'workloads.loops' }
  const top = await supervisor({ clock, log }, 'n1', options, [child]).start()
  for (let count = 0; count < 30; count += 1) runtime.spawn({ name: `Idle.${count}`, handle: () => {} })
  const nobody = { connections: () => [], dropConnection: () => {}, sentToNodes: () => ({}), peers: () => ({}) }
  const observer = createObserver({ node: 'n1', runtime, top, clock, log, ...nobody })
  end = async () => {
    observer.stop()
    await top.stop()
  }
  observer.attend()
  const first = (count: number) => observer.actors({ sort: 'work', page: 1, rows: count }).rows
  return { loops: (count: number) => loops.action.run({ count }), observer, runtime, first }
}

describe('two actors that compute for ever, each in a thread of its own', () => {
  it('are the first two by work, near-equal, and keep their threads busy (RT-57, RT-60, RT-72, RT-74, AT-50)', async () => {
    const { loops, observer, first } = await setUp()
    await loops(2)
    await expect.poll(() => first(2).map(({ workMs }) => workMs > 500)).toEqual([true, true])
    const [most, next, third] = first(3)
    expect([most!.name, next!.name].sort()).toEqual(['Workloads.Loop.1', 'Workloads.Loop.2'])
    expect(third!.workMs).toBeLessThan(next!.workMs / 10)
    expect(next!.workMs / most!.workMs).toBeGreaterThan(0.5)
    const threads = () => observer.overview().load.filter(({ kind }) => kind === 'thread')
    await expect.poll(() => threads().map(({ shares }) => shares.at(-1)! > 0.95)).toEqual([true, true])
  })

  it('are started again with another id when somebody kills them, and end when nobody wants them (RT-77)', async () => {
    const { loops, observer, runtime, first } = await setUp()
    await loops(1)
    await expect.poll(() => first(1)[0]!.name).toBe('Workloads.Loop.1')
    const { id } = first(1)[0]!
    const killed = await observer.kill(id)
    expect(killed).toEqual({ killedId: id, name: 'Workloads.Loop.1', successorId: expect.any(String) })
    expect(killed!.successorId).not.toBe(id)
    await loops(0)
    expect(runtime.actors().filter(({ role }) => role === 'loop')).toEqual([])
  })

  it('are counted: no more than sixteen', async () => {
    const { loops } = await setUp()
    await expect(loops(17)).rejects.toThrow('count')
  })
})
