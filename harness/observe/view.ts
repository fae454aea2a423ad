import type { SortKey } from './answers.ts'

export type ScreenName = 'actors' | 'actor' | 'tree' | 'load' | 'network' | 'tables' | 'system'

/** What somebody looks at, and what is typed so far. */
export interface View {
  screen: ScreenName
  sort: SortKey
  /** From 1; of the actors the node cuts the pages, of everything else the screen. */
  page: number
  /** Of the screen `actor`. */
  actorId?: string
  typed: string
  /** One sentence about what was done last. */
  notice?: string
  /** Will be killed once `y` is typed. */
  toKill?: Target
}

/** Something in a row that can be opened or killed. */
export interface Target {
  id: string
  name: string
}

/** What the node has to be asked to do, or the end. */
export type Command = { do: 'kill'; target: Target } | { do: 'quit' }

export interface Pressed {
  view: View
  command?: Command
}

export const firstView: View = { screen: 'actors', sort: 'work', page: 1, typed: '' }

const sorts: Readonly<Record<string, SortKey>> = { r: 'work', m: 'memory', q: 'queue' }
const screens: Readonly<Record<string, ScreenName>> = { t: 'tree', c: 'load', n: 'network', d: 'tables', s: 'system' }
const typedMax = 12

/** What the terminal calls a key. */
export type Key = { name: string } | { text: string }

/** The view after a key, and what that asks for. `rows` are the numbered rows on the screen. Pure. */
export function press(view: View, key: Key, rows: ReadonlyMap<number, Target>): Pressed {
  if ('text' in key) return { view: { ...view, typed: (view.typed + key.text).slice(0, typedMax) } }
  const keys: Readonly<Record<string, () => Pressed>> = {
    enter: () => perform(untyped(view), view.typed.trim(), rows),
    backspace: () => ({ view: { ...view, typed: view.typed.slice(0, -1) } }),
    escape: () => ({ view: untyped(view) }),
    pagedown: () => ({ view: { ...view, page: view.page + 1 } }),
    pageup: () => ({ view: { ...view, page: Math.max(1, view.page - 1) } }),
    interrupt: () => ({ view, command: { do: 'quit' } }),
  }
  return keys[key.name]?.() ?? { view }
}

function untyped(view: View): View {
  const { notice: _notice, ...rest } = view
  return { ...rest, typed: '' }
}

function perform(view: View, typed: string, rows: ReadonlyMap<number, Target>): Pressed {
  const { toKill, ...rest } = view
  if (toKill)
    return typed === 'y' ? { view: rest, command: { do: 'kill', target: toKill } } : saying(rest, 'nothing was killed')
  if (typed === '') return { view }
  if (typed === 'x') return { view, command: { do: 'quit' } }
  if (typed === 'h') return { view: { ...view, screen: 'actors', page: 1 } }
  const sort = sorts[typed]
  if (sort) return { view: { ...view, screen: 'actors', sort, page: 1 } }
  const screen = screens[typed]
  if (screen) return { view: { ...view, screen, page: 1 } }
  if (/^\d+$/.test(typed)) return open(view, Number(typed), rows)
  const [, number] = /^k *(\d*)$/.exec(typed) ?? []
  if (number === undefined) return saying(view, `there is no command "${typed}"; the keys stand below`)
  return askToKill(view, number, rows)
}

const saying = (view: View, notice: string): Pressed => ({ view: { ...view, notice } })

function open(view: View, number: number, rows: ReadonlyMap<number, Target>): Pressed {
  const target = rows.get(number)
  if (!target) return saying(view, `row ${number} cannot be opened; take the number of an actor on this screen`)
  if (!/^\d+$/.test(target.id)) return saying(view, `${target.name} (${target.id}) is no actor; "k ${number}" kills it`)
  return { view: { ...view, screen: 'actor', actorId: target.id, page: 1 } }
}

function askToKill(view: View, number: string, rows: ReadonlyMap<number, Target>): Pressed {
  const own =
    view.screen === 'actor' && view.actorId !== undefined ? { id: view.actorId, name: 'this actor' } : undefined
  const target = number === '' ? own : rows.get(Number(number))
  if (!target) return saying(view, 'say the number of a row that can be killed, such as "k 3"')
  const { id, name } = target
  return {
    view: { ...view, toKill: target, notice: `kill ${name} (${id})? type y and enter; anything else leaves it alone` },
  }
}

/** The view after a kill: whoever has taken the place of the killed one is shown (RT-77). Pure. */
export function afterKill(view: View, killed: { killedId: string; name: string; successorId?: string }): View {
  const { killedId, name, successorId } = killed
  const after = successorId === undefined ? 'nobody has taken its place yet' : `${successorId} has taken its place`
  const follows = view.actorId === killedId && successorId !== undefined
  return { ...view, ...(follows && { actorId: successorId }), notice: `killed ${name} (${killedId}): ${after}` }
}
