import { describe, expect, it } from 'vitest'
import type { Inspected, Killed } from '../../../harness/observe/answers.ts'
import { observe } from '../../../harness/observe/observe.ts'
import type { Terminal } from '../../../harness/platform/terminal.ts'
import { createFakeClock } from '../../support/channel-case.ts'
import { actor, actorPage, overview, tree } from './sample.ts'

function fakeTerminal() {
  let listeners: Parameters<Terminal['open']>[0] | undefined
  const state = { size: { columns: 80, rows: 24 }, lines: [] as readonly string[], isOpen: false, drawn: 0 }
  const terminal: Terminal = {
    size: () => state.size,
    draw(lines) {
      state.lines = lines
      state.drawn += 1
    },
    open(given) {
      listeners = given
      state.isOpen = true
      return () => {
        state.isOpen = false
      }
    },
  }
  return { state, terminal, type: (bytes: string) => listeners!.onKeys(bytes), resize: () => listeners!.onResize() }
}

function start(own: Partial<Inspected> = {}) {
  const clock = createFakeClock()
  const screen = fakeTerminal()
  const asked: string[] = []
  const node = {
    overview: async () => overview,
    actors: async (sort: string, page: number, rows: number) => {
      asked.push(`${sort} ${page} ${rows}`)
      return actorPage([actor(12, { name: 'Inventory' })], { page: Math.min(page, 2), pages: 2 })
    },
    tree: async () => tree,
    kill: async (id: string): Promise<Killed> => ({ killedId: id, name: 'Inventory', successorId: '57' }),
    ...own,
  } as Inspected
  let stop = () => {}
  const ended = observe({
    node,
    terminal: screen.terminal,
    clock,
    onStop: (given) => {
      stop = given
    },
  })
  return { ...screen, clock, asked, ended, stop: () => stop() }
}

describe('the inspector in a terminal', () => {
  it('draws at once, every second and after a key, and gives the terminal back when it ends', async () => {
    const { state, clock, type, asked, ended } = start()
    await clock.advance(0)
    expect([state.drawn, state.isOpen]).toEqual([1, true])
    await clock.advance(1_000)
    expect(state.drawn).toBe(2)
    type('q\r')
    await clock.advance(0)
    expect(asked.at(-1)).toBe('queue 1 13')
    type('x\r')
    await ended
    expect(state.isOpen).toBe(false)
    expect(clock.timerCount()).toBe(0)
  })

  it('fits a terminal that has another size now', async () => {
    const { state, clock, resize, asked, stop, ended } = start()
    await clock.advance(0)
    state.size = { columns: 60, rows: 40 }
    resize()
    await clock.advance(0)
    expect(state.lines).toHaveLength(40)
    expect(asked.at(-1)).toBe('work 1 29')
    stop()
    await ended
  })

  it('counts pages no further than there are', async () => {
    const { clock, type, asked, stop, ended } = start()
    await clock.advance(0)
    type('\x1b[6~\x1b[6~\x1b[6~')
    await clock.advance(0)
    type('\x1b[5~')
    await clock.advance(0)
    expect(asked.at(-1)).toBe('work 1 13')
    stop()
    await ended
  })

  it('kills who is chosen, and shows the new id (RT-77)', async () => {
    const { state, clock, type, stop, ended } = start()
    await clock.advance(0)
    type('k 1\r')
    await clock.advance(0)
    expect(state.lines.join('\n')).toContain('kill Inventory (12)? type y')
    type('y\r')
    await clock.advance(0)
    expect(state.lines.join('\n')).toContain('killed Inventory (12): 57 has taken its place')
    stop()
    await ended
  })

  it('keeps what it showed while the node does not answer, and goes on when it does', async () => {
    let isDown = false
    const { state, clock, stop, ended } = start({
      overview: async () => {
        if (isDown) throw new Error('connect ECONNREFUSED')
        return overview
      },
    })
    await clock.advance(0)
    isDown = true
    await clock.advance(1_000)
    expect(state.lines.join('\n')).toContain('Inventory')
    expect(state.lines.join('\n')).toContain('does not answer, so this is old: connect ECONNREFUSED')
    isDown = false
    await clock.advance(1_000)
    expect(state.lines.join('\n')).not.toContain('ECONNREFUSED')
    stop()
    await ended
  })

  it('gives the terminal back when it crashes', async () => {
    const { state, clock, ended } = start({ overview: async () => ({}) as never })
    const failed = expect(ended).rejects.toThrow()
    await clock.advance(0)
    await failed
    expect(state.isOpen).toBe(false)
  })
})
