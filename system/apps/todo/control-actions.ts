import { z } from 'zod'
import { ActionRefused, type ControlAction, controlAction } from '../../control/action.ts'
import { profileText } from './profiler.ts'
import type { Todo } from './todo.ts'

const callersMax = 10_000
const operationsMax = 100_000

/** `POST /todo/...` on the control port: many callers of one list at the same moment, the stack, and the profiler. */
export const todoControlActions = (todo: Todo): ControlAction[] => [
  controlAction(
    ['/todo/open', 'Opens a list for many callers at the same moment; returns which actors they were given.'],
    z.strictObject({ name: z.string().min(1).max(60), callers: z.int().min(1).max(callersMax).default(1) }),
    ({ name, callers }) => openAtOnce(todo, name, callers),
  ),
  controlAction(
    [
      '/todo/stack',
      'Pushes on the stack of the demo, or pops from it; popping from an empty stack crashes its worker.',
    ],
    z.discriminatedUnion('do', [
      z.strictObject({ do: z.literal('push'), item: z.string().max(1_000) }),
      z.strictObject({ do: z.literal('pop') }),
    ]),
    async (mail) => {
      if (mail.do === 'push') await todo.push(mail.item)
      return mail.do === 'push' ? { ok: true } : { item: await todo.pop().catch(refuse) }
    },
  ),
  controlAction(
    [
      '/todo/profile',
      'Looks up lists with a number of clients, each with a number of operations, and returns the rate.',
    ],
    z.strictObject({
      clients: z.int().min(1).max(1_000).default(1),
      operations: z.int().min(1).max(operationsMax).default(1_000),
    }),
    async (load) => {
      const perSecond = await todo.profile(load)
      return { perSecond, text: profileText(perSecond) }
    },
  ),
]

/** Every caller looks before the first one gets its answer, so that all of them miss a list that nobody has opened. */
async function openAtOnce(todo: Todo, name: string, callers: number) {
  const startsOf = () => todo.state().starts[name] ?? 0
  const before = startsOf()
  const calls = await Promise.allSettled(Array.from({ length: callers }, () => todo.serverId(name)))
  const ids = calls.flatMap((call) => (call.status === 'fulfilled' ? call.value : []))
  return { callers, refused: callers - ids.length, servers: [...new Set(ids)], started: startsOf() - before }
}

function refuse(error: Error): never {
  throw new ActionRefused(409, error.message)
}
