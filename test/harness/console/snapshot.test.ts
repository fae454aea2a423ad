import { describe, expect, it } from 'vitest'
import { faultLine, fieldOf, optionFrom, sparkline } from '../../../harness/console/page/format.ts'
import { faultView } from '../../../harness/console/snapshot.ts'
import type { FaultRecord } from '../../../harness/history/operation.ts'

const asked: FaultRecord = {
  id: 1,
  kind: 'db.pause',
  target: 'db',
  options: {},
  requestedMs: 1_000,
  witnessedOnMs: null,
  healRequestedMs: null,
  witnessedOffMs: null,
  witness: { on: 'not looked for yet', off: 'not healed yet' },
}
const holds = { ...asked, witnessedOnMs: 1_120, witness: { ...asked.witness, on: 'a direct query fails' } }
const over = {
  ...holds,
  healRequestedMs: 3_000,
  witnessedOffMs: 3_080,
  witness: { on: 'a direct query fails', off: 'a direct query is answered' },
}
const line = (record: FaultRecord, isHealing = false) => faultLine(faultView(record, 4_500, isHealing))

describe('what the page says of a fault', () => {
  it.each([
    ['asked for', asked, false, 'asked for 3.5 s ago, looking for its effect ...'],
    ['witnessed', holds, false, 'asked for 3.5 s ago, witnessed after 120 ms: a direct query fails'],
    ['being healed', holds, true, 'asked for 3.5 s ago, witnessed after 120 ms, healing ...'],
    [
      'over',
      over,
      true,
      'asked for 3.5 s ago, witnessed after 120 ms, healed and seen to end after 80 ms: a direct query is answered',
    ],
    [
      'not seen',
      { ...asked, witness: { ...asked.witness, on: 'nobody uses n1->n2' } },
      false,
      'asked for 3.5 s ago, and its effect was not seen: nobody uses n1->n2',
    ],
    [
      'not seen to end',
      { ...over, witnessedOffMs: null, witness: { ...over.witness, off: 'not healed within 60 s' } },
      false,
      'asked for 3.5 s ago, witnessed after 120 ms, healed, and not seen to end: not healed within 60 s',
    ],
  ])('%s', (_state, record, isHealing, expected) => {
    expect(line(record, isHealing)).toBe(expected)
  })
})

describe('fields of a form', () => {
  it('become options of their type, and an empty field none', () => {
    expect(optionFrom('a number', '300')).toBe(300)
    expect(optionFrom('a boolean', 'true')).toBe(true)
    expect(optionFrom('a list of texts', 'a, b ,')).toEqual(['a', 'b'])
    expect(optionFrom('one of mobile-2g, train', 'train')).toBe('train')
    expect(optionFrom('a number', ' ')).toBeUndefined()
  })

  it('are filled with values as somebody would write them', () => {
    expect([fieldOf(0), fieldOf(['a', 'b']), fieldOf(undefined)]).toEqual(['0', 'a, b', ''])
  })
})

it('a curve fits its box, and touches the top with its highest sample', () => {
  expect(sparkline([0, 5, 10], 100, 20)).toBe('0.0,20.0 50.0,10.0 100.0,0.0')
  expect(sparkline([3], 100, 20)).toBe('0.0,0.0')
})
