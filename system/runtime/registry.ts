import type { AnyActorRef } from './actor.ts'

/** Name -> living actor. A name is free again as soon as its actor dies (RT-15). */
export function createRegistry() {
  const byName = new Map<string, AnyActorRef>()
  return {
    register(name: string, ref: AnyActorRef) {
      if (byName.get(name)?.alive) throw new Error(`the name ${name} is taken by a living actor`)
      byName.set(name, ref)
      ref.onExit(() => {
        if (byName.get(name) === ref) byName.delete(name)
      })
    },
    whereis: (name: string): AnyActorRef | undefined => byName.get(name),
    names: (): string[] => [...byName.keys()],
  }
}
export type Registry = ReturnType<typeof createRegistry>
