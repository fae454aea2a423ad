import type { AnyActorRef } from './actor.ts'

export class NameTaken extends Error {
  override name = 'NameTaken'
}

/** Name -> living actor. An actor's name is free again the moment it dies (RT-15). */
export function createRegistry() {
  const byName = new Map<string, AnyActorRef>()
  return {
    /** Throws NameTaken where a living actor has the name. */
    checkFree(name: string) {
      if (byName.get(name)?.alive) throw new NameTaken(`the name ${name} is taken by a living actor`)
    },
    register(name: string, ref: AnyActorRef) {
      this.checkFree(name)
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
