import { describe, expect, it } from 'vitest'
import { keysIn } from '../../../harness/observe/keys.ts'
import { afterKill, firstView, press, type Target, type View } from '../../../harness/observe/view.ts'

const rows = new Map<number, Target>([
  [3, { id: '12', name: 'Inventory' }],
  [4, { id: 's1', name: 'Pipeline.Supervisor' }],
])

/** The view after all that is typed, and the last command. */
function type(bytes: string, from: View = firstView) {
  let view = from
  let command: ReturnType<typeof press>['command']
  for (const key of keysIn(bytes)) {
    const pressed = press(view, key, rows)
    view = pressed.view
    command = pressed.command
  }
  return { view, command }
}

describe('the keys of the inspector (RT-72)', () => {
  it.each([
    ['r\r', { sort: 'work', screen: 'actors' }],
    ['m\r', { sort: 'memory' }],
    ['q\r', { sort: 'queue' }],
    ['t\r', { screen: 'tree' }],
    ['c\r', { screen: 'load' }],
    ['n\r', { screen: 'network' }],
    ['d\r', { screen: 'tables' }],
    ['s\r', { screen: 'system' }],
    ['t\rh\r', { screen: 'actors' }],
    ['3\r', { screen: 'actor', actorId: '12' }],
    ['3\rh\r', { screen: 'actors' }],
    ['\x1b[6~\x1b[6~', { page: 3 }],
    ['\x1b[B\x1b[A\x1b[A', { page: 1 }],
    ['\x1b[6~q\r', { page: 1, sort: 'queue' }],
    ['31\x7f\r', { actorId: '12' }],
    ['abc\x1b', { typed: '' }],
    ['12', { typed: '12' }],
    ['x'.repeat(50), { typed: 'x'.repeat(12) }],
  ])('%j', (bytes, expected) => expect(type(bytes).view).toMatchObject(expected))

  it('says what is not there, and forgets it with the next command', () => {
    expect(type('w\r').view.notice).toContain('no command "w"')
    expect(type('9\r').view).toMatchObject({ screen: 'actors', notice: expect.stringContaining('row 9') })
    expect(type('4\r').view.notice).toContain('"k 4" kills it')
    expect(type('w\r\r').view.notice).toBeUndefined()
  })

  it.each(['x\r', '\x03', '3\r\x03'])('%j ends', (bytes) => expect(type(bytes).command).toEqual({ do: 'quit' }))
})

describe('a kill from the inspector', () => {
  const kill = (target: Target) => ({ do: 'kill', target })

  it.each(['k 3\ry\r', 'k3\ry\r', '3\rk\ry\r'])('%j asks first', (bytes) => {
    expect(type(bytes.slice(0, -2)).command).toBeUndefined()
    expect(type(bytes.slice(0, -2)).view.notice).toContain('(12)? type y')
    expect(type(bytes).command).toMatchObject({ do: 'kill', target: { id: '12' } })
  })

  it('also kills a supervisor', () => expect(type('k 4\ry\r').command).toEqual(kill(rows.get(4)!)))

  it.each(['k 3\r\r', 'k 3\rn\r', 'k 3\rk 4\r'])('%j kills nobody', (bytes) => {
    const { view, command } = type(bytes)
    expect(command).toBeUndefined()
    expect(view.notice).toBe('nothing was killed')
    expect(type('y\r', view).command).toBeUndefined()
  })

  it('needs a row that is there', () => expect(type('k\r').view.notice).toContain('such as "k 3"'))

  it('shows the new id, and follows the actor that was open (RT-77)', () => {
    const killed = { killedId: '12', name: 'Inventory', successorId: '57' }
    expect(afterKill({ ...firstView, screen: 'actor', actorId: '12' }, killed)).toMatchObject({
      actorId: '57',
      notice: 'killed Inventory (12): 57 has taken its place',
    })
    expect(afterKill(firstView, { killedId: '12', name: 'PingChannel' }).notice).toContain('nobody has taken its place')
  })
})

describe('what a terminal sends', () => {
  it('may be several keys at once, and unknown ones are left out', () =>
    expect(keysIn('a\x1b[15~\x1b[5~\r')).toEqual([{ text: 'a' }, { name: 'pageup' }, { name: 'enter' }]))
})
