import { describe, expect, it } from 'vitest'
import type { HistoryEvent } from '../../../harness/history/operation.ts'
import { createRecorder } from '../../../harness/history/recorder.ts'

class Refused extends Error {}

function record() {
  const written: HistoryEvent[] = []
  let nowMs = 0
  const recorder = createRecorder({
    elapsedMs: () => nowMs++,
    sink: (event) => written.push(event),
    isDefinite: (error) => error instanceof Refused,
  })
  return { recorder, written }
}
const fails = (error: Error) => async () => {
  throw error
}

describe('the recorder', () => {
  it('numbers and dates events, and hands each on as it happens', () => {
    const { recorder, written } = record()
    recorder.record({ who: 'alice', type: 'connect' })
    recorder.record({ who: 'alice', type: 'join', topic: 'ping' })
    expect(written).toEqual(recorder.events)
    expect(written.map(({ index, tMs }) => [index, tMs])).toEqual([
      [0, 0],
      [1, 1],
    ])
  })

  it('ends an operation ok with its answer', async () => {
    const { recorder, written } = record()
    expect(await recorder.invoke('n1', 'sell', { itemId: 7 }, async () => 'sold')).toEqual({
      kind: 'ok',
      value: 'sold',
    })
    expect(written.map(({ type, op }) => [type, op])).toEqual([
      ['invoke', 1],
      ['ok', 1],
    ])
  })

  it('tells what certainly did not happen from what may have', async () => {
    const { recorder } = record()
    expect(await recorder.invoke('n1', 'sell', {}, fails(new Refused('sold out')))).toEqual({
      kind: 'failed',
      error: 'sold out',
    })
    expect(await recorder.invoke('n1', 'sell', {}, fails(new Error('no answer')))).toMatchObject({ kind: 'unsure' })
  })

  it('writes down the invocation before the operation runs, so that a crash in the middle shows', async () => {
    const { recorder, written } = record()
    await recorder.invoke('n1', 'sell', {}, async () => expect(written.map(({ type }) => type)).toEqual(['invoke']))
    expect.assertions(1)
  })
})
