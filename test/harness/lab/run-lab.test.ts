import { describe, expect, it } from 'vitest'
import { patientUntil } from '../../../harness/lab/run-lab.ts'

const options = { what: 'the work is over', withinMs: 10_000, everyMs: 1 }

describe('waiting in a lab', () => {
  it('asks again when the answer is no, or an error', async () => {
    let asked = 0
    await patientUntil(() => {})(() => {
      asked += 1
      if (asked === 1) throw new Error('not yet')
      return asked > 2
    }, options)
    expect(asked).toBe(3)
  })

  it('ends at once when it is told to stop', async () => {
    let asked = 0
    const goOn = () => {
      if (asked > 1) throw new Error('stopped')
    }
    const waiting = patientUntil(goOn)(() => {
      asked += 1
      return false
    }, options)
    await expect(waiting).rejects.toThrow('stopped')
    expect(asked).toBe(2)
  })
})
