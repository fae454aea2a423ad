import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import {
  pressureIn,
  readPressure,
  readThreadWaitedMs,
  readWaitedMs,
  threadNamed,
  waitedIn,
} from '../../../harness/platform/pressure.ts'

describe('what the operating system says of waiting', () => {
  it('is the total of all who waited, in ms', () => {
    const text =
      'some avg10=98.76 avg60=98.13 avg300=88.86 total=17274904\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=9\n'
    expect(pressureIn(text)).toBe(17_274.904)
  })

  it('is the second number of a process, in ms', () => {
    expect(waitedIn('1834433 33301115 2\n')).toBe(33.301_115)
  })

  it.each(['', 'nonsense', 'full avg10=0.00 total=1'])('is missing where there is none: %j', (text) => {
    expect([pressureIn(text), waitedIn(text)]).toEqual([undefined, undefined])
  })

  it('is no error for a process that has gone, or a system that has no such files', () => {
    expect(readWaitedMs(2 ** 30)).toBe(undefined)
    expect(Object.values(readPressure()).every((ms) => ms >= 0)).toBe(true)
  })
})

describe.runIf(process.platform === 'linux')('a thread of this process', () => {
  it('is found by its name, and waits too', async () => {
    const worker = new Worker('setInterval(() => {}, 1_000)', { eval: true, name: 'a-thread' })
    try {
      await once(worker, 'online')
      const tid = threadNamed('a-thread')!
      expect(tid).not.toBe(process.pid)
      expect(readThreadWaitedMs(tid)).toBeGreaterThanOrEqual(0)
    } finally {
      await worker.terminate()
    }
  })

  it('is no error where there is none', () => {
    expect(threadNamed('no-such-thread')).toBe(undefined)
    expect(readThreadWaitedMs(2 ** 30)).toBe(undefined)
  })
})
