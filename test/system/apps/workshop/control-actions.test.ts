import { afterEach, describe, expect, it } from 'vitest'
import { workshopControlActions } from '../../../../system/apps/workshop/control-actions.ts'
import { type Case, startWorkshop } from './support.ts'

let one: Case | undefined
afterEach(() => one?.stop())

async function started(env: Record<string, number> = {}) {
  one = await startWorkshop(env)
  const actions = workshopControlActions(one.workshop)
  const ask = (path: string, body: object = {}) => actions.find((action) => action.path === path)!.run(body)
  return { ...one, ask }
}

describe('the control actions of the workshop', () => {
  it('change the number of consumers, but stop none while events wait', async () => {
    const { ask, enqueue, clock } = await started()
    await enqueue(1)
    expect(await ask('/workshop/consumers', { count: 3 })).toEqual({ consumers: 3 })
    await expect(ask('/workshop/consumers', { count: 1 })).rejects.toThrow('events_wait')
    await clock.advance(100)
    expect(await ask('/workshop/consumers', { count: 1 })).toEqual({ consumers: 1 })
  })

  it('have no consumers to change where workers take their place', async () => {
    const { ask } = await started({ WORKERS: 1 })
    await expect(ask('/workshop/consumers', { count: 3 })).rejects.toThrow('workers_take_the_place_of_consumers')
  })

  it.each([0, 101, 1.5, '3'])('refuse %j consumers', async (count) => {
    const { ask } = await started()
    await expect(ask('/workshop/consumers', { count })).rejects.toThrow(/^count: /)
  })

  it('return the history of the run, and begin another one', async () => {
    const { ask, enqueue, clock } = await started()
    await enqueue(2)
    await clock.advance(300)
    expect(await ask('/workshop/run')).toMatchObject({ insideMax: 1, events: [{ depth: 1 }, { depth: 2 }] })
    expect(await ask('/workshop/clear')).toEqual({ ok: true })
    expect(await ask('/workshop/run')).toMatchObject({ insideMax: 0, events: [] })
  })
})
