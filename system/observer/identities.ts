import type { Supervised } from '../runtime/index.ts'

/** Gives ids to what has none of the runtime, such as supervisors. A restarted one is another object, and gets another id. */
export function createIdentities() {
  const ids = new WeakMap<Supervised, string>()
  const known = new Map<string, WeakRef<Supervised>>()
  let lastNumber = 0

  function number(one: Supervised): string {
    for (const [id, ref] of known) if (!ref.deref()) known.delete(id)
    lastNumber += 1
    const id = `s${lastNumber}`
    ids.set(one, id)
    known.set(id, new WeakRef(one))
    return id
  }

  return {
    idOf: (one: Supervised): string => ids.get(one) ?? number(one),
    find: (id: string): Supervised | undefined => known.get(id)?.deref(),
  }
}
