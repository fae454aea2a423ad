import { describe, expect, it } from 'vitest'
import { describeLoss } from '../../../../../system/apps/store/client/connection-loss.ts'

const [nowMs, silentMaxMs] = [100_000, 61_000]
const said = (isConnected: boolean, silentMs: number, lostMs = isConnected ? 0 : silentMs) =>
  describeLoss({ isConnected, heardMs: nowMs - silentMs, workedMs: nowMs - lostMs, nowMs, silentMaxMs })

describe('what a page of the shop says of its connection', () => {
  it('says nothing while it hears from the shop, or is back at once', () => {
    expect(said(true, 30_000)).toBe('')
    expect(said(false, 900)).toBe('')
    expect(said(false, 30_000, 900)).toBe('')
  })

  it('says that nobody answers, when a topic is not joined for longer than a crash of its channel takes', () => {
    expect(said(true, 10, 3_000)).toBe('')
    expect(said(true, 10, 3_001)).toBe('The shop does not answer. What you see may be old.')
  })

  it('says that it is lost', () => {
    expect(said(false, 1_001)).toBe('Connection lost. What you see may be old. Trying to reach the shop again.')
  })

  it('says that nobody answers, where the connection looks well and is silent for too long', () => {
    expect(said(true, 61_001)).toBe('The shop does not answer. What you see may be old.')
  })
})
