import {
  type AnyActorRef,
  createTables,
  type Row,
  type Table,
  TableRefused,
  type Term,
} from '../../../system/runtime/index.ts'
import { compareTerms } from '../../../system/runtime/term.ts'
import type { Data, Recording, Replayed, Step } from '../recording.ts'
import { createWorld, type World } from '../world.ts'
import { type Clients, clientActs, createClients } from './clients.ts'
import { readTerm, writeTerm } from './terms.ts'

interface Scene {
  world: World
  clients: Clients
  tables: ReturnType<typeof createTables>
  /** By what the steps call them. */
  handles: Map<string, Table>
}

/** What an operation works on: its table, who does it, and its arguments. */
interface Job {
  table: Table
  by: AnyActorRef
  args: Term[]
  step: Data
  scene: Scene
}

const atom = (name: string) => Symbol.for(name)
const badarg: Term = [atom('raised'), atom('badarg')]
const list = (terms: readonly Term[]): Term => ({ list: terms })

/** Replays recordings of shared tables on `system/runtime`. */
export async function replayTables({ setup, steps }: Recording): Promise<Replayed> {
  const world = createWorld({ adaptLog: () => undefined })
  const scene: Scene = {
    world,
    clients: createClients(world, setup.actors ?? []),
    tables: createTables(),
    handles: new Map(),
  }
  for (const { do: what, ...step } of steps as Step[]) {
    const act = acts[what]
    if (!act) throw new Error(`no replay of tables knows the step ${what}`)
    await act(scene, step)
  }
  return world.result()
}

const acts: Record<string, (scene: Scene, step: Data) => unknown> = {
  ...clientActs,

  ets(scene, { by, op, table, nowait, ...step }) {
    return scene.clients.perform(by, { of: op, table }, () => attempt(() => perform(scene, by, op, table, step)), {
      nowait,
    })
  },
}

function attempt(operation: () => Term): unknown {
  try {
    return writeTerm(operation())
  } catch (error) {
    if (error instanceof TableRefused) return writeTerm(badarg)
    throw error
  }
}

function perform(scene: Scene, by: string, op: string, name: string, step: Data): Term {
  const actor = actorOf(scene, by)
  if (op === 'new') return create(scene, actor, name, step)
  const operation = operations[op]
  if (!operation) throw new Error(`no replay of tables knows the operation ${op}`)
  const table = scene.handles.get(name)
  if (!table) return badarg
  const args = (step.args ?? []).map((one: unknown) => readTerm(one, (who) => actorOf(scene, who)))
  const value = operation({ table, by: actor, args, step, scene })
  return step.unordered ? sorted(value) : value
}

const actorOf = ({ clients }: Scene, name: string): AnyActorRef => clients.get(name)!.actor

const sorted = (value: Term): Term => list([...partsOf(value)].sort(compareTerms))

const partsOf = (value: Term): readonly Term[] => (value as { list: Term[] }).list

function create(scene: Scene, owner: AnyActorRef, handle: string, step: Data): Term {
  const { type, access, keypos, named, as: name = handle, heir } = step
  const table = scene.tables.create(owner, {
    kind: type,
    ...(access && { access }),
    ...(keypos !== undefined && { keyIndex: keypos - 1 }),
    ...(named && { name }),
    ...(heir && {
      heir: { actor: actorOf(scene, heir), inherited: (from) => tell(scene, heir, from.name!, 'heirdata') },
    }),
  })
  scene.handles.set(handle, table)
  return atom('ok')
}

function tell({ clients }: Scene, to: string, from: string, data: string) {
  clients.get(to)!.inbox.push(`table_transfer_from:${from}:${data}`)
}

/** One row, or a list of them. */
const rowsOf = (term: Term): Row[] =>
  (typeof term === 'object' && term !== null && 'list' in term ? partsOf(term) : [term]) as Row[]

const endOfTable = atom('$end_of_table')
const keyOr = (key: Term | undefined): Term => key ?? endOfTable

/** Changes as pairs of a position and a value, one or a list of them. */
const pairsOf = (term: Term) =>
  rowsOf(term).map(([position, value]) => ({ index: Number(position) - 1, value: value as Term }))

function stepOf(term: Term, { keyIndex }: { keyIndex: number }) {
  if (typeof term === 'bigint') return { index: keyIndex + 1, by: term }
  if (!Array.isArray(term)) throw new TableRefused('expected a number or a position with a number')
  const [position, by, limit, reset] = term as bigint[]
  return { index: Number(position) - 1, by: by!, ...(limit !== undefined && { wrap: { limit, reset: reset! } }) }
}

function updateCounter({ table, by, args: [key, change, initial] }: Job): Term {
  const isList = typeof change === 'object' && change !== null && 'list' in change
  const keyIndex = table.info()?.keyIndex ?? 0
  const steps = (isList ? partsOf(change) : [change!]).map((one) => stepOf(one, { keyIndex }))
  const values = table.updateCounter(by, key!, steps, initial as Row | undefined)
  return isList ? list(values) : values[0]!
}

function keysFrom(first: Term | undefined, next: (key: Term) => Term | undefined): Term {
  const keys: Term[] = []
  for (let key = first; key !== undefined; key = next(key)) keys.push(key)
  return list(keys)
}

const operations: Record<string, (job: Job) => Term> = {
  insert({ table, by, args: [rows] }) {
    table.insert(by, rowsOf(rows!))
    return true
  },
  insert_new: ({ table, by, args: [rows] }) => table.insertNew(by, rowsOf(rows!)),
  lookup: ({ table, by, args: [key] }) => list(table.lookup(by, key!)),
  lookup_element({ table, by, args: [key, position] }) {
    const elements = table.lookupElement(by, key!, Number(position) - 1)
    return table.info()!.kind.endsWith('bag') ? list(elements) : elements[0]!
  },
  member: ({ table, by, args: [key] }) => table.has(by, key!),
  delete({ table, by, args: [key] }) {
    table.delete(by, key!)
    return true
  },
  delete_object({ table, by, args: [row] }) {
    table.deleteRow(by, row as Row)
    return true
  },
  delete_all_objects({ table, by }) {
    table.clear(by)
    return true
  },
  delete_table({ table, by }) {
    table.drop(by)
    return true
  },
  take: ({ table, by, args: [key] }) => list(table.take(by, key!)),
  update_counter: updateCounter,
  many_update_counter(job) {
    let last: Term = 0n
    for (let n = 0; n < job.step.count; n += 1) last = updateCounter({ ...job, args: [job.args[0]!, 1n] })
    return last
  },
  update_element: ({ table, by, args: [key, changes] }) => table.updateElements(by, key!, pairsOf(changes!)),
  match: ({ table, by, args: [pattern] }) => list(table.match(by, pattern!).map(list)),
  match_object: ({ table, by, args: [pattern] }) => list(table.matchRows(by, pattern!)),
  match_delete({ table, by, args: [pattern] }) {
    table.matchDelete(by, pattern!)
    return true
  },
  tab2list: ({ table, by }) => list(table.rows(by)),
  first: ({ table, by }) => keyOr(table.firstKey(by)),
  last: ({ table, by }) => keyOr(table.lastKey(by)),
  next: ({ table, by, args: [key] }) => keyOr(table.nextKey(by, key!)),
  prev: ({ table, by, args: [key] }) => keyOr(table.previousKey(by, key!)),
  keys_by_next: ({ table, by }) => keysFrom(table.firstKey(by), (key) => table.nextKey(by, key)),
  keys_by_prev: ({ table, by }) => keysFrom(table.lastKey(by), (key) => table.previousKey(by, key)),
  size: ({ table }) => {
    const info = table.info()
    return info ? BigInt(info.size) : atom('undefined')
  },
  info({ table }) {
    const info = table.info()
    if (!info) return atom('undefined')
    const { kind, access, keyIndex, size, owner, heir = atom('none') } = info
    return [atom(kind), atom(access), BigInt(keyIndex + 1), BigInt(size), owner, heir]
  },
  give_away({ table, by, step, scene }) {
    table.giveAway(by, actorOf(scene, step.to))
    tell(scene, step.to, by.name!, 'gift')
    return true
  },
}
