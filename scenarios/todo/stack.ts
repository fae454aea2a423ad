import { scenariosFor } from '../../harness/index.ts'
import { mustBe } from '../support.ts'

const { scenario, step, after } = scenariosFor('todo')

/** Far less than the time after which a call without an answer fails. */
const promptMs = 2_000

export default scenario({
  id: 'todo/stack',
  title: 'a stack is popped until its worker crashes, and begins again',
  invariant: 'A worker that crashes tells its caller at once, and the next one begins with the stack of the beginning.',
  covers: ['RT-7', 'RT-8'],
  given: { nodes: 1 },
  nightlyBecause: 'unit tests show the same, and this shows it over the wire',
  steps: [
    step('pop, push, pop, pop and pop', async ({ todoStack, clock, scratch, provoke }) => {
      provoke('to pop from an empty stack crashes its worker', [])
      const seen = [(await todoStack('n1', { do: 'pop' })).item]
      await todoStack('n1', { do: 'push', item: 'world' })
      seen.push((await todoStack('n1', { do: 'pop' })).item)
      const askedMs = clock.monotonicMs()
      seen.push(
        await todoStack('n1', { do: 'pop' }).then(
          ({ item }) => item,
          (error: Error) => error.message,
        ),
      )
      scratch.set('tookMs', clock.monotonicMs() - askedMs)
      seen.push((await todoStack('n1', { do: 'pop' })).item)
      scratch.set('seen', seen)
    }),
  ],
  expectations: [
    after(1, 'hello, world, a crash, and hello again', async ({ scratch }) =>
      mustBe(scratch.get('seen'), ['hello', 'world', 'the stack is empty', 'hello'], 'what was popped'),
    ),
    after(1, 'the caller of the crash was told at once', async ({ scratch }) =>
      mustBe((scratch.get('tookMs') as number) < promptMs, true, `told within ${promptMs} ms`),
    ),
  ],
})
