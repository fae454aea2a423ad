import { describe, expect, it } from 'vitest'
import { talkControlActions } from '../../../../system/apps/talk/control-actions.ts'
import { createStubs } from '../../../../system/apps/talk/stubs.ts'
import { createFakeClock } from '../../../support/channel-case.ts'

function openStubs() {
  const clock = createFakeClock()
  const stubs = createStubs(clock, { slow: 1_000 })
  const [action] = talkControlActions({ stubs: stubs as never })
  return { clock, stubs, action: action! }
}

describe('POST /talk/stub', () => {
  it('changes the delay or the failure of a stub, and leaves the other as it is', async () => {
    const { clock, stubs, action } = openStubs()
    await action.run({ name: 'slow', delayMs: 20 })
    await action.run({ name: 'slow', fails: true })
    expect(stubs.state()).toEqual({ slow: { delayMs: 20, fails: true, calls: 0 } })
    const call = stubs.call('slow').catch((error: Error) => error.message)
    await clock.advance(20)
    expect(await call).toBe('slow is set to fail')
  })

  it('refuses a stub that there is not, and says which there are', async () => {
    const { action } = openStubs()
    const refused = async () => action.run({ name: 'fast' })
    await expect(refused()).rejects.toThrow('there is no stub fast; expected one of slow')
  })
})
