import { describe, expect, it } from 'vitest'
import { createLifecycle, type Part } from '../../../system/node/lifecycle.ts'

/** Three parts that note what happens to them; `overrides` replaces the behaviour of `b`. */
function setUp(overrides: Partial<Part> = {}) {
  const calls: string[] = []
  const part = (name: string): Part => ({
    name,
    start: async () => void calls.push(`start ${name}`),
    stop: async () => void calls.push(`stop ${name}`),
  })
  const lifecycle = createLifecycle([part('a'), { ...part('b'), ...overrides }, part('c')])
  return { calls, lifecycle }
}

describe('the parts of a node', () => {
  it('start in order and stop in reverse order', async () => {
    const { calls, lifecycle } = setUp()
    await lifecycle.start()
    await lifecycle.stop()
    expect(calls).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a'])
  })

  it('start one after the other', async () => {
    let isReady = () => {}
    const { calls, lifecycle } = setUp({ start: () => new Promise<void>((resolve) => (isReady = resolve)) })
    const started = lifecycle.start()
    await new Promise(setImmediate)
    expect(calls).toEqual(['start a'])
    isReady()
    await started
    expect(calls).toEqual(['start a', 'start c'])
  })

  it('may lack either half', async () => {
    const lifecycle = createLifecycle([{ name: 'nothing' }])
    await lifecycle.start()
    await expect(lifecycle.stop()).resolves.toBeUndefined()
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('the port is in use'))],
    [
      'throws',
      () => {
        throw new Error('the port is in use')
      },
    ],
  ])('are stopped when a start %s, as far as they were started', async (_how, start) => {
    const { calls, lifecycle } = setUp({ start })
    await expect(lifecycle.start()).rejects.toThrow('the port is in use')
    expect(calls).toEqual(['start a', 'stop b', 'stop a'])
  })

  it('tell why the start failed, even when stopping fails too', async () => {
    const { calls, lifecycle } = setUp({
      start: () => Promise.reject(new Error('the port is in use')),
      stop: () => Promise.reject(new Error('it never listened')),
    })
    await expect(lifecycle.start()).rejects.toThrow('the port is in use')
    expect(calls).toEqual(['start a', 'stop a'])
  })

  it('all stop when one of them cannot', async () => {
    const { calls, lifecycle } = setUp({ stop: () => Promise.reject(new Error('stuck')) })
    await lifecycle.start()
    await expect(lifecycle.stop()).rejects.toThrow('stuck')
    expect(calls.slice(-2)).toEqual(['stop c', 'stop a'])
  })

  it.each([
    ['succeeds', undefined],
    ['fails', new Error('closed while it was opened')],
  ])('stop in the middle of a start that then %s: what has not begun never does', async (_how, error) => {
    let finish = () => {}
    const start = () =>
      new Promise<void>((resolve, reject) => {
        finish = () => (error ? reject(error) : resolve())
      })
    const { calls, lifecycle } = setUp({ start })
    const started = lifecycle.start()
    await new Promise(setImmediate)
    await lifecycle.stop()
    finish()
    await expect(started).resolves.toBeUndefined()
    expect(calls).toEqual(['start a', 'stop b', 'stop a'])
  })
})
