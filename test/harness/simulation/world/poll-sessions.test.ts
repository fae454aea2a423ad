import { expect, it } from 'vitest'
import { createPollSessions } from '../../../../harness/simulation/world/poll-sessions.ts'
import { pollSessionKeptMs } from '../../../../harness/timing.ts'

it('counts the present session, however old it is, and those that a node may still keep', () => {
  let nowMs = 0
  const sessions = createPollSessions({ monotonicMs: () => nowMs })
  expect(sessions.count()).toBe(1)
  sessions.left()
  sessions.left(13_000)
  expect(sessions.count()).toBe(3)
  nowMs = pollSessionKeptMs
  expect(sessions.count()).toBe(2)
  nowMs += 13_000
  expect(sessions.count()).toBe(1)
})
