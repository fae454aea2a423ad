import { expect, it } from 'vitest'
import { createRecorder } from '../../harness/history/recorder.ts'
import { NotReached } from '../../harness/runner/context.ts'
import { mustHaveEnded } from '../../scenarios/support.ts'

function stage(...errors: string[]) {
  const recorder = createRecorder({ elapsedMs: () => 0, sink: () => {}, isDefinite: () => false })
  for (const error of errors) recorder.record({ who: 'bob', type: 'unsure', operation: 'purchase', op: 1, error })
  return {
    recorder,
    notReached(why: string): never {
      throw new NotReached(why)
    },
  }
}

it('says how operations ended otherwise than expected', () => {
  expect(() => mustHaveEnded(stage(), ['ok', 'unsure'], ['ok', 'unsure'], 'the sales')).not.toThrow()
  expect(() => mustHaveEnded(stage(), ['ok', 'failed'], ['ok', 'ok'], 'the sales')).toThrow(/^the sales/)
})

it('proves nothing of an operation that was not answered in time', () => {
  for (const error of ['no answer within 8000 ms', 'The operation was aborted due to timeout'])
    expect(() => mustHaveEnded(stage(error), 'unsure', 'ok', 'the sale')).toThrow(NotReached)
  expect(() => mustHaveEnded(stage(), ['timeout'], ['ok'], 'the add')).toThrow(
    new NotReached('the add: not answered in time (timeout)'),
  )
})

it('proves something of one that a node could not finish', () => {
  expect(() => mustHaveEnded(stage('status 503'), 'unsure', 'ok', 'the sale')).toThrow(/^the sale/)
})
