import { ActorExited, type ActorRef, child, type Runtime } from '../../runtime/index.ts'

type Mail = { do: 'push'; item: string } | { do: 'pop' }

export const stackName = 'todo_stack'

/** A worker that begins with `hello` on its stack. Popping from an empty stack crashes it (RT-7). */
export function createStack(runtime: Runtime) {
  const start = () => {
    const items = ['hello']
    return runtime.spawn<Mail>({
      name: stackName,
      role: 'todo_stack',
      handle(mail) {
        if (mail.do === 'push') return void items.push(mail.item)
        const item = items.pop()
        if (item === undefined) throw new Error('the stack is empty')
        return item
      },
    })
  }

  async function ask<T>(mail: Mail): Promise<T> {
    const stack = runtime.registry.whereis(stackName) as ActorRef<Mail> | undefined
    if (!stack) throw new ActorExited(`${stackName} is not running`)
    return stack.call<T>(mail)
  }

  return {
    child: child(stackName, start),
    push: (item: string) => ask<void>({ do: 'push', item }),
    /** Rejects at once when the stack is empty. */
    pop: () => ask<string>({ do: 'pop' }),
  }
}
