import type { Clock } from '../../platform/clock.ts'

/** How a stub behaves. */
export interface StubSetting {
  delayMs: number
  /** The call takes its time and then throws. */
  fails: boolean
}

export class StubFailed extends Error {
  override name = 'StubFailed'
}

export type Stubs<Name extends string = string> = ReturnType<typeof createStubs<Name>>

/** Stand-ins for external APIs and other slow work, whose delay and failure can be changed while the node runs. */
export function createStubs<Name extends string>(
  clock: Pick<Clock, 'sleep'>,
  delaysMs: Readonly<Record<Name, number>>,
) {
  const names = Object.keys(delaysMs) as Name[]
  const settings = new Map(names.map((name) => [name, { delayMs: delaysMs[name], fails: false }]))
  const calls = new Map(names.map((name) => [name, 0]))
  let underWay = 0

  /** Returns the number of the call. Rejects with StubFailed where the stub, or this call of it, is set to fail. */
  async function call(name: Name, change: Partial<StubSetting> = {}): Promise<number> {
    const { delayMs, fails } = { ...settings.get(name)!, ...change }
    const number = calls.get(name)! + 1
    calls.set(name, number)
    underWay += 1
    await clock.sleep(delayMs).finally(() => {
      underWay -= 1
    })
    if (fails) throw new StubFailed(`${name} is set to fail`)
    return number
  }

  return {
    names,
    call,
    isStub: (name: string): name is Name => settings.has(name as Name),
    set: (name: Name, change: Partial<StubSetting>) => void settings.set(name, { ...settings.get(name)!, ...change }),
    callCount: (name: Name) => calls.get(name)!,
    underWay: () => underWay,
    state: () => Object.fromEntries(names.map((name) => [name, { ...settings.get(name)!, calls: calls.get(name)! }])),
  }
}
