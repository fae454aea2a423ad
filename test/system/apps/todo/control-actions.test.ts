import { afterEach, describe, expect, it } from 'vitest'
import { todoControlActions } from '../../../../system/apps/todo/control-actions.ts'
import { profileText, runProfile } from '../../../../system/apps/todo/profiler.ts'
import { createFakeClock } from '../../../support/channel-case.ts'
import { type Case, startTodo } from './support.ts'

let one: Case | undefined
afterEach(() => one?.end())

async function start() {
  one = await startTodo()
  const actions = todoControlActions(one.todo)
  const post = async (path: string, body: object = {}) => actions.find((action) => action.path === path)!.run(body)
  return { ...one, post }
}

describe('the control actions of the to-do system', () => {
  it('open a list for many at the same moment', async () => {
    const { post, idOf } = await start()
    const opened = await post('/todo/open', { name: 'a', callers: 100 })
    expect(opened).toEqual({ callers: 100, refused: 0, servers: [idOf('todo_server:a')], started: 1 })
    expect(await post('/todo/open', { name: 'a' })).toEqual({ ...opened, callers: 1, started: 0 })
    await expect(post('/todo/open', { name: '' })).rejects.toThrow(/^name: /)
  })

  it('use the stack, and tell why it could not be popped (RT-7)', async () => {
    const { post } = await start()
    expect(await post('/todo/stack', { do: 'pop' })).toEqual({ item: 'hello' })
    expect(await post('/todo/stack', { do: 'push', item: 'world' })).toEqual({ ok: true })
    expect(await post('/todo/stack', { do: 'pop' })).toEqual({ item: 'world' })
    await expect(post('/todo/stack', { do: 'pop' })).rejects.toMatchObject({
      statusCode: 409,
      message: 'the stack is empty',
    })
  })

  it('measure lookups, printed as the text prints them (RT-27)', async () => {
    const { post, todo } = await start()
    const { perSecond, text } = (await post('/todo/profile', { clients: 2, operations: 50 })) as {
      perSecond: number
      text: string
    }
    expect(perSecond).toBeGreaterThan(0)
    expect(text).toBe(`${perSecond} reqs/sec\n\n`)
    expect([todo.running().size, todo.running().has('list 1'), todo.running().has('list 100')]).toEqual([
      100,
      true,
      true,
    ])
  })
})

describe('the profiler (RT-26)', () => {
  it.each([
    [1, 100],
    [10, 1_000],
  ])('with %i clients that sleep 10 ms in each operation counts %i a second', async (clients, expected) => {
    const clock = createFakeClock()
    const profile = runProfile({ clock, clients, operations: 20, run: () => clock.sleep(10) })
    for (let n = 0; n < 20; n += 1) await clock.advance(10)
    expect(await profile).toBe(expected)
    expect(profileText(expected)).toBe(`${expected} reqs/sec\n\n`)
  })
})
