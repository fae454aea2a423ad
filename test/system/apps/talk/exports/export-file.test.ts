import { describe, expect, it } from 'vitest'
import { fileOf, flagged, productRows } from '../../../../../system/apps/talk/exports/export-file.ts'

const rows = flagged(productRows(11))
const whole = (format: 'csv' | 'json', perPiece: number) => [...fileOf(format, rows, perPiece)].join('')

describe('the file of an export (RT-41)', () => {
  it('is CSV with a header, and quotes what has to be', () => {
    const lines = whole('csv', 500).split('\r\n')
    expect([lines.length, lines[0], lines[1], lines[2]]).toEqual([
      13,
      'id,name,price_usd,exported',
      '1,"Sneaker 1, ""limited""",60,true',
      '2,Sneaker 2,61,true',
    ])
  })

  it('is JSON that says the same', () => {
    expect(JSON.parse(whole('json', 500))).toEqual(rows)
  })

  it.each(['csv', 'json'] as const)('is the same %s in pieces of any length', (format) => {
    for (const perPiece of [1, 2, 5, 11]) expect(whole(format, perPiece)).toBe(whole(format, 500))
  })

  it('of no rows is an empty list', () => {
    expect(JSON.parse([...fileOf('json', [], 5)].join(''))).toEqual([])
  })

  it('leaves the rows that it flags as they were', () => {
    const before = productRows(1)
    expect([flagged(before)[0]!.exported, before[0]!.exported]).toEqual([true, false])
  })
})
