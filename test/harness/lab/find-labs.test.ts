import { describe, expect, it } from 'vitest'
import { findLabs } from '../../../harness/lab/find-labs.ts'
import type { AnyLab } from '../../../harness/lab/lab.ts'

const labs = ['workshop/queue', 'workshop/latency', 'pipeline/latency'].map((name) => ({ name }) as AnyLab)
const found = (...words: string[]) => findLabs(words, labs).map(({ name }) => name)

describe('the labs that words mean', () => {
  it.each<[string[], string[]]>([
    [['workshop/queue'], ['workshop/queue']],
    [['queue'], ['workshop/queue']],
    [['workshop', 'latency'], ['workshop/latency']],
    [
      ['pipeline', 'latency', 'queue'],
      ['pipeline/latency', 'workshop/queue'],
    ],
    [['workshop'], ['workshop/queue', 'workshop/latency']],
    [['workshop', 'queue', 'queue'], ['workshop/queue']],
  ])('%j are %j', (words, names) => {
    expect(found(...words)).toEqual(names)
  })

  it('are refused when there is none, with what was probably meant', () => {
    expect(() => found('qeue')).toThrow('there is no lab qeue, did you mean queue?; "squall lab" lists them')
    expect(() => found('nonsense')).toThrow('there is no lab nonsense; "squall lab" lists them')
  })

  it('are refused when there are several', () => {
    expect(() => found('latency')).toThrow('latency may be workshop/latency or pipeline/latency; say which')
  })
})
