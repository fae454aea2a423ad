import { expect, it } from 'vitest'
import { durableProducer } from '../../../system/pipeline/index.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import { createRuntime } from '../../../system/runtime/index.ts'
import { createFakeClock } from '../../support/channel-case.ts'

const turn = () => new Promise(setImmediate)

it('stores an item only when its table is there, and rejects when it cannot be made (PM-58)', async () => {
  const asked: string[] = []
  const answers: ((error?: Error) => void)[] = []
  const query = (text: string) =>
    new Promise<{ rows: unknown[] }>((resolve, reject) => {
      asked.push(text.split(' ', 1)[0]!)
      answers.push((error) => (error ? reject(error) : resolve({ rows: [] })))
    })
  const clock = createFakeClock()
  const runtime = createRuntime({ clock, log })
  const { push } = durableProducer(runtime, { database: { query }, owner: 'n1', clock, log })
  const failed = push({ n: 1 })
  answers.shift()!(new Error('the disk is full'))
  await expect(failed).rejects.toThrow('the disk is full')

  const stored = push({ n: 2 })
  await turn()
  expect(asked).toEqual(['create', 'create'])
  for (let answered = 0; answered < 3; answered += 1) {
    answers.shift()!()
    await turn()
  }
  await stored
  expect(asked).toEqual(['create', 'create', 'update', 'insert'])
})
