import type { Clock } from '../platform/clock.ts'
import type { Terminal } from '../platform/terminal.ts'
import type { ActorDetail, Inspected, Overview } from './answers.ts'
import { keysIn } from './keys.ts'
import { type Content, render, rowsFor, type Screen } from './screen.ts'
import { afterKill, type Command, firstView, type Key, press, type View } from './view.ts'

const refreshEveryMs = 1_000

interface Options {
  node: Inspected
  terminal: Terminal
  clock: Clock
  /** Calls when the inspector has to end. */
  onStop(stop: () => void): void
}

/** Draws the screen every second and after every key, until somebody quits. The terminal is as it was before, however it ends. */
export async function observe({ node, terminal, clock, onStop }: Options): Promise<void> {
  const wake = createWake(clock)
  const keys: Key[] = []
  let isOver = false
  let view = firstView
  let screen: Screen = { lines: [], rows: new Map(), page: 1 }
  onStop(() => {
    isOver = true
    wake.now()
  })

  async function refresh() {
    const size = terminal.size()
    const seen = await lookAt(node, view, rowsFor(size))
    if ('problem' in seen) screen = outdated(screen, view, seen.problem)
    else {
      screen = render(seen.overview, seen.content, view, size)
      view = { ...view, page: screen.page }
    }
    terminal.draw(screen.lines)
  }

  async function take(key: Key) {
    const pressed = press(view, key, screen.rows)
    view = pressed.view
    if (pressed.command) await perform(pressed.command)
  }

  async function perform(command: Command) {
    if (command.do === 'quit') isOver = true
    else view = await kill(node, command.target.id, view)
  }

  const close = terminal.open({
    onKeys(bytes) {
      keys.push(...keysIn(bytes))
      wake.now()
    },
    onResize: wake.now,
  })
  try {
    while (!isOver) {
      for (let key = keys.shift(); key && !isOver; key = keys.shift()) await take(key)
      if (isOver) break
      await refresh()
      if (!isOver && keys.length === 0) await wake.after(refreshEveryMs)
    }
  } finally {
    close()
  }
}

async function kill(node: Inspected, id: string, view: View): Promise<View> {
  try {
    return afterKill(view, await node.kill(id))
  } catch (error) {
    return { ...view, notice: `not killed: ${(error as Error).message}` }
  }
}

type Seen = { overview: Overview; content: Content } | { problem: string }

async function lookAt(node: Inspected, view: View, rows: number): Promise<Seen> {
  try {
    return { overview: await node.overview(), content: await contentOf(node, view, rows) }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

/** What was seen last, with a sentence in place of the keys. */
function outdated({ lines, rows, page }: Screen, { typed }: View, problem: string): Screen {
  const foot = [
    `the node does not answer, so this is old: ${problem}`,
    `it is asked again every second; x and enter, or Ctrl-C, ends > ${typed}`,
  ]
  return { lines: [...lines.slice(0, -foot.length), ...foot], rows, page }
}

/** What the screen of this view needs. */
async function contentOf(node: Inspected, { screen, sort, page, actorId = '' }: View, rows: number): Promise<Content> {
  switch (screen) {
    case 'actors':
      return { screen, page: await node.actors(sort, page, rows) }
    case 'actor':
      return { screen, actor: await detailOf(node, actorId) }
    case 'tree':
      return { screen, tree: await node.tree() }
    case 'load':
      return { screen }
    case 'network':
      return { screen, network: await node.network() }
    case 'tables':
      return { screen, tables: await node.tables() }
    case 'system':
      return { screen, system: await node.system() }
  }
}

/** Undefined for an actor that has ended. */
async function detailOf(node: Inspected, id: string): Promise<ActorDetail | undefined> {
  try {
    return await node.actor(id)
  } catch (error) {
    if ((error as { status?: number }).status === 404) return undefined
    throw error
  }
}

/** Waits for a time, or until it is woken. */
function createWake(clock: Clock) {
  let wake = () => {}
  return {
    now: () => wake(),
    after: (delayMs: number) =>
      new Promise<void>((resolve) => {
        const cancel = clock.after(delayMs, resolve)
        wake = () => {
          cancel()
          resolve()
        }
      }),
  }
}
