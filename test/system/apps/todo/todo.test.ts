import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { type Case, idsOf, namesIn, parts, startTodo } from './support.ts'

let one: Case | undefined
afterEach(async () => {
  await one?.end()
  one = undefined
})

async function start(env: Record<string, string> = {}, folder?: string): Promise<Case> {
  one = await startTodo(env, folder)
  return one
}

const date = '2026-11-30'
const entry = (title: string) => ({ date, title })
const titles = async ({ todo }: Case, list: string) => (await todo.entries(list)).map(({ title }) => title)
const bob = "Bob's list"

/** Kills, and waits until the list can be used again. */
async function killAndUse(all: Case, name: string, list = bob) {
  const before = all.idOf(name)
  all.kill(name)
  await expect.poll(() => all.idOf(name), { timeout: 2_000 }).not.toBeOneOf([undefined, before])
  await expect.poll(() => titles(all, list).catch(String), { timeout: 2_000 }).toBeInstanceOf(Array)
}

describe('lists (RT-14)', () => {
  it('keeps entries of several lists, each in a file of its own', async () => {
    const all = await start()
    await all.todo.add(bob, entry('dentist'))
    await all.todo.add(bob, { date: '2026-12-01', title: 'shopping' })
    await all.todo.add('work/../../etc', entry('report'))
    expect(await all.todo.entries(bob, date)).toEqual([{ id: 1, date, title: 'dentist' }])
    expect(await titles(all, bob)).toEqual(['dentist', 'shopping'])
    expect((await all.todo.names()).sort()).toEqual([bob, 'work/../../etc'])
    expect(readdirSync(all.folder).sort()).toEqual(["Bob's%20list.json", 'work%2F..%2F..%2Fetc.json'])
  })

  it('is there again after a stop, and leaves no actor (RT-12, RT-24)', async () => {
    const first = await startTodo()
    await first.todo.add(bob, entry('dentist'))
    await first.stop()
    expect(first.actors()).toEqual([])
    const second = await start({}, first.folder)
    expect(await titles(second, bob)).toEqual(['dentist'])
  })

  it('starts no actor before somebody asks', async () => {
    const { runtime, todo } = await start()
    expect([runtime.actors(), todo.supervisors()]).toEqual([[], []])
  })

  it('says what could not be written, and goes on without it', async () => {
    const all = await start()
    await all.todo.add(bob, entry('dentist'))
    const server = all.idOf(`todo_server:${bob}`)
    await expect(all.todo.add('x'.repeat(250), entry('too long for a file name'))).rejects.toThrow(/ENAMETOOLONG/)
    expect(await titles(all, bob)).toEqual(['dentist'])
    expect(all.idOf(`todo_server:${bob}`)).toBe(server)
  })
})

const ways = ['table', 'registry', 'registry-table']
describe.each(ways)('get-or-create with TODO_CACHE=%s (RT-18, RT-19, RT-33, RT-35)', (TODO_CACHE) => {
  it('starts one server for 1000 callers of a new list', async () => {
    const all = await start({ TODO_CACHE })
    await all.todo.names()
    const ids = await Promise.all(Array.from({ length: 1_000 }, () => all.todo.serverId(bob)))
    expect(new Set(ids)).toEqual(new Set([all.idOf(`todo_server:${bob}`)]))
    expect(all.startsOf(bob)).toBe(1)
  })

  it('asks the cache nothing for a list that is open', async () => {
    const all = await start({ TODO_CACHE })
    await all.todo.serverId(bob)
    const before = all.handledBy('todo_cache')
    await Promise.all(Array.from({ length: 1_000 }, () => all.todo.serverId(bob)))
    expect([all.handledBy('todo_cache'), all.mailboxOf('todo_cache')]).toEqual([before, 0])
  })

  it('finds the new server when one was killed, with what its file has (RT-15, RT-17, RT-20, RT-34, DF-102)', async () => {
    const all = await start({ TODO_CACHE })
    await all.todo.add(bob, entry('dentist'))
    const before = await all.todo.serverId(bob)
    await killAndUse(all, `todo_server:${bob}`)
    expect(await titles(all, bob)).toEqual(['dentist'])
    expect(await all.todo.serverId(bob)).not.toBe(before)
  })

  it('finds all servers again when the cache was killed (RT-78, DF-145)', async () => {
    const all = await start({ TODO_CACHE })
    const lists = Array.from({ length: 10 }, (_, n) => `list ${n}`)
    const idsNow = () => Promise.all(lists.map(all.todo.serverId))
    const before = await idsNow()
    await killAndUse(all, 'todo_cache', lists[0])
    expect(await idsNow()).toEqual(before)
    const cache = all.idOf('todo_cache')
    await idsNow()
    expect(all.idOf('todo_cache')).toBe(cache)
  })
})

describe('a registry with a table (RT-35)', () => {
  const name = 'todo_process_registry'

  it('is asked nothing for a list that is open, and begins with another table after it was killed', async () => {
    const all = await start({ TODO_CACHE: 'registry-table' })
    await all.todo.add(bob, entry('dentist'))
    const before = all.handledBy(name)
    for (let count = 0; count < 100; count += 1) await all.todo.serverId(bob)
    expect(all.handledBy(name)).toBe(before)
    await killAndUse(all, name)
    expect(await titles(all, bob)).toEqual(['dentist'])
  })

  it('has no row of an actor that has ended', async () => {
    const all = await start({ TODO_CACHE: 'registry-table', TODO_DATABASE_WORKERS: '3' })
    const size = () => all.runtime.tables.named(name)?.info()?.size
    await all.todo.serverId(bob)
    expect(size()).toBe(4)
    all.kill('todo_server_supervisor')
    await expect.poll(size).toBe(3)
  })
})

describe('the final layout', () => {
  it('has this tree (RT-23)', async () => {
    const all = await start()
    await all.todo.serverId(bob)
    const workers = [1, 2, 3].map((number) => [`todo_database_worker_${number}`])
    const system = [
      'todo_system',
      ['todo_database', ...workers],
      ['todo_server_supervisor', [`todo_server:${bob}`]],
      ['todo_cache'],
    ]
    expect(namesIn(all.todo.tree())).toEqual(['todo', ['todo_process_registry'], system])
  })

  it('restarts everything after the registry was killed, and all lists are there (RT-22, NF-16)', async () => {
    const all = await start()
    await all.todo.add(bob, entry('dentist'))
    const before = idsOf(all, parts)
    await killAndUse(all, 'todo_process_registry')
    expect(idsOf(all, parts).map((id, index) => id === before[index])).toEqual(parts.map(() => false))
    expect(await titles(all, bob)).toEqual(['dentist'])
  })

  it('keeps the registry when the system was killed (RT-22, RT-23)', async () => {
    const all = await start()
    await all.todo.add(bob, entry('dentist'))
    const before = idsOf(all, parts)
    await killAndUse(all, 'todo_system')
    expect(idsOf(all, parts).map((id, index) => id === before[index])).toEqual(parts.map((_, index) => index === 0))
    expect(await titles(all, bob)).toEqual(['dentist'])
  })

  it.each([
    ['todo_cache', ['todo_cache']],
    ['todo_database_worker_1', ['todo_database_worker_1']],
    ['todo_server_supervisor', ['todo_server_supervisor']],
  ])('leaves the others alone when %s was killed (NF-17)', async (victim, changed) => {
    const all = await start()
    await all.todo.add(bob, entry('dentist'))
    const before = idsOf(all, parts)
    await killAndUse(all, victim)
    expect(parts.filter((name, index) => all.idOf(name) !== before[index])).toEqual(changed)
    expect(await titles(all, bob)).toEqual(['dentist'])
  })

  it('writes again after the worker of a list was killed (RT-16)', async () => {
    const all = await start({ TODO_DATABASE_WORKERS: '1' })
    await all.todo.add(bob, entry('dentist'))
    await killAndUse(all, 'todo_database_worker_1')
    await all.todo.add(bob, entry('shopping'))
    expect(await titles(all, bob)).toEqual(['dentist', 'shopping'])
  })
})

describe('the flat layout (RT-21, DF-99)', () => {
  it('finds nothing any more after the registry was killed, although all else lives', async () => {
    const all = await start({ TODO_LAYOUT: 'flat', TODO_CACHE: 'registry' })
    await all.todo.add(bob, entry('dentist'))
    const others = ['todo_database_worker_1', 'todo_server_supervisor', 'todo_cache', `todo_server:${bob}`]
    const [registry, before] = [all.idOf('todo_process_registry'), idsOf(all, others)]
    all.kill('todo_process_registry')
    await expect.poll(() => all.idOf('todo_process_registry')).not.toBeOneOf([undefined, registry])
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(all.todo.entries(bob)).rejects.toThrow(/is not registered/)
    expect(idsOf(all, others)).toEqual(before)
  })
})

describe('the stack (RT-7)', () => {
  it('crashes when it is popped empty, tells its caller at once, and begins again', async () => {
    const { todo } = await start()
    expect(await todo.pop()).toBe('hello')
    expect(await todo.push('world')).toBeUndefined()
    expect(await todo.pop()).toBe('world')
    const askedMs = performance.now()
    await expect(todo.pop()).rejects.toThrow('the stack is empty')
    expect(performance.now() - askedMs).toBeLessThan(1_000)
    await expect.poll(() => todo.pop().catch(String)).toBe('hello')
  })
})
