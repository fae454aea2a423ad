import { describe, expect, it } from 'vitest'
import { describeLoss } from '../../../../../system/apps/store/client/connection-loss.ts'

const said = (isConnected: boolean, silentMs: number) =>
  describeLoss({ isConnected, heardMs: 10_000, nowMs: 10_000 + silentMs, silentMaxMs: 61_000 })

describe('what a page of the shop says of its connection', () => {
  it('says nothing while it hears from the shop, or is back at once', () => {
    expect(said(true, 30_000)).toBe('')
    expect(said(false, 900)).toBe('')
  })

  it('says that it is lost', () => {
    expect(said(false, 1_001)).toBe('Connection lost. What you see may be old. Trying to reach the shop again.')
  })

  it('says that nobody answers, where the connection looks well and is silent for too long', () => {
    expect(said(true, 61_001)).toBe('The shop does not answer. What you see may be old.')
  })
})
