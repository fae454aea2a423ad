import { describe, expect, it } from 'vitest'
import { signToken, verifyToken } from '../../../system/channels/index.ts'
import { skewDefaultMaxS as skewMaxS } from '../../../system/channels/token.ts'

const key = { secret: 's'.repeat(32), salt: 'some purpose' }
const nowMs = 1_700_000_000_000
const ageMaxS = 60

async function verifiedAfter(seconds: number, own: Partial<typeof key> = {}) {
  const token = await signToken({ ...key, data: { id: 1 }, nowMs })
  return verifyToken({ ...key, ...own, token, ageMaxS, nowMs: nowMs + seconds * 1_000 })
}

describe('a signed token', () => {
  it('is good for its age and not for a second more (CH-83, DF-27)', async () => {
    expect(await verifiedAfter(0)).toEqual({ kind: 'valid', data: { id: 1 } })
    expect((await verifiedAfter(ageMaxS)).kind).toBe('valid')
    expect((await verifiedAfter(ageMaxS + 1)).kind).toBe('expired')
  })

  it('is good on a node whose clock is behind, within reason (NF-22, FI-10)', async () => {
    expect((await verifiedAfter(-2)).kind).toBe('valid')
    expect((await verifiedAfter(-skewMaxS)).kind).toBe('valid')
    expect((await verifiedAfter(-skewMaxS - 1)).kind).toBe('invalid')
  })

  it('is good for its purpose and its secret only (CH-84, DF-26)', async () => {
    expect((await verifiedAfter(0, { salt: 'another' })).kind).toBe('invalid')
    expect((await verifiedAfter(0, { secret: 'x'.repeat(32) })).kind).toBe('invalid')
    expect((await verifyToken({ ...key, token: 'garbage', ageMaxS, nowMs })).kind).toBe('invalid')
  })
})
