import { expect, it } from 'vitest'
import { createPollSessions } from '../../../harness/background/poll-sessions.ts'
import { pollSessionKeptMs } from '../../../harness/timing.ts'

it('counts a session for as long as a node keeps it after its last poll, however long ago it was opened', () => {
  let nowMs = 0
  const sessions = createPollSessions({ monotonicMs: () => nowMs })
  expect(sessions.count()).toBe(1)
  sessions.opened()
  nowMs = 33_000
  expect(sessions.count()).toBe(1)
  sessions.left()
  sessions.opened()
  nowMs += pollSessionKeptMs - 1
  expect(sessions.count()).toBe(2)
  nowMs += 1
  expect(sessions.count()).toBe(1)
})
