import { describe, expect, it } from 'vitest'
import { idsAt, pathTo, type TreeNode, treeOf } from '../../../system/observer/tree.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import { child, createRuntime, type Supervised, supervisor } from '../../../system/runtime/index.ts'
import { createFakeClock } from '../../support/channel-case.ts'

async function setUp() {
  const clock = createFakeClock()
  const runtime = createRuntime({ clock, log })
  const start = (name: string) => () => runtime.spawn({ name, handle: () => {} })
  const options = { strategy: 'one_for_one', restartsMax: 20, withinMs: 5_000 } as const
  const inner = () =>
    supervisor({ clock, log }, 'Pipeline.Supervisor', options, [child('producer', start('Pipeline.Producer'))]).start()
  const top = await supervisor({ clock, log }, 'n1', options, [
    child('hello.pipeline', inner),
    child('store.inventory', start('Inventory')),
    child('store.unwanted', () => undefined),
  ]).start()
  const channel = runtime.spawn({ name: 'CartChannel:cart:secret', role: 'channel', handle: () => {} })
  runtime.spawn({ name: 'AsyncUse', handle: () => {} })
  const ids = new Map<Supervised, string>()
  const idOf = (one: Supervised) => {
    if (!ids.has(one)) ids.set(one, `s${ids.size + 1}`)
    return ids.get(one)!
  }
  const connections = [{ id: '4', socket: 'CartSocket', actorIds: [channel.id] }]
  const tree = () => treeOf({ node: 'n1', top, actors: runtime.actors(), connections, idOf })
  return { tree, runtime, clock }
}

const lines = ({ name, kind, children, isDown }: TreeNode, lead = ''): string[] => [
  `${lead}${name} ${isDown ? 'down' : kind}`,
  ...children.flatMap((one) => lines(one, `${lead}  `)),
]

describe('the supervision tree of a node (RT-70)', () => {
  it('has applications, their supervisors and actors, clients with their channels, and whoever nobody supervises', async () => {
    const { tree } = await setUp()
    expect(lines(tree())).toEqual([
      'n1 node',
      '  hello application',
      '    Pipeline.Supervisor supervisor',
      '      Pipeline.Producer actor',
      '  store application',
      '    Inventory actor',
      '    unwanted down',
      '  clients others',
      '    CartSocket connection',
      '      CartChannel:cart:* actor',
      '  unsupervised others',
      '    AsyncUse actor',
    ])
  })

  it('has another actor in the same place after a kill, with a new id (RT-77)', async () => {
    const { tree, runtime, clock } = await setUp()
    const victim = runtime.registry.whereis('Pipeline.Producer')!
    const path = pathTo(tree(), victim.id)!
    expect(path).toEqual(['n1', 'hello', 'Pipeline.Supervisor', 'Pipeline.Producer'])
    victim.kill()
    await clock.advance(1)
    const successors = idsAt(tree(), path)
    expect(successors).toHaveLength(1)
    expect(successors).not.toContain(victim.id)
  })

  it('finds no place for an id that is not there', async () => {
    const { tree } = await setUp()
    expect(pathTo(tree(), '999')).toBeUndefined()
    expect(idsAt(tree(), ['n1', 'nowhere'])).toEqual([])
  })

  it('draws no more than some of a thousand clients, and says how many are left', () => {
    const connections = Array.from({ length: 1_000 }, (_, index) => ({ id: `${index}`, socket: 'S', actorIds: [] }))
    const top = { alive: true, stop: async () => {}, onExit: () => () => {}, children: () => [] }
    const tree = treeOf({ node: 'n1', top, actors: [], connections, idOf: () => 's1' })
    expect(tree.children[0]!.children).toHaveLength(26)
    expect(tree.children[0]!.children.at(-1)!.name).toBe('and 975 more')
  })
})
