import type { AnyActorRef, Child, RestartBudgetOptions, Supervised } from '../../runtime/index.ts'

/** What a supervisor of the to-do system is started with. */
export type OwnOptions = RestartBudgetOptions & { id: string; parent: AnyActorRef }

/** A supervisor, with the actor that can be killed. */
type SupervisorPart = Supervised & { readonly actor: AnyActorRef }

/** A part of the tree as it is now; without an id while it is being restarted. */
export interface TreePart {
  name: string
  id: string | undefined
  parts: TreePart[]
}

export interface Supervision {
  /** A child that is a supervisor itself; every start of it has an id of its own (RT-77). */
  child(name: string, start: (options: OwnOptions) => SupervisorPart | Promise<SupervisorPart>): Child
  /** The supervisors that are running. */
  actors(): AnyActorRef[]
  /** What is below the supervisor of this name. */
  treeOf(name: string): TreePart
}

/** Kills come in bursts when somebody breaks a node on purpose. */
const restartBudget = { restartsMax: 20, withinMs: 5_000 } as const

/** Starts supervisors, and knows those that run: the runtime lists only what it has started itself. */
export function createSupervision(): Supervision {
  const started = new Map<string, SupervisorPart>()
  let lastNumber = 0

  function partOf(name: string, one: Supervised | undefined): TreePart {
    const children = one?.children?.() ?? []
    return { name, id: one?.id, parts: children.map((part) => partOf(part.name, part.child)) }
  }

  return {
    child: (name, start) => ({
      name,
      kind: 'supervisor',
      async start(parent) {
        lastNumber += 1
        const one = await start({ ...restartBudget, id: `${name}-${lastNumber}`, parent })
        started.set(name, one)
        return one
      },
    }),
    actors: () => [...started.values()].map(({ actor }) => actor).filter(({ alive }) => alive),
    treeOf: (name) => partOf(name, started.get(name)),
  }
}
