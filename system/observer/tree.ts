import type { AnyActorRef, Supervised, SupervisedChild } from '../runtime/index.ts'
import { shownNameOf } from './actor-list.ts'
import { publicName } from './public-view.ts'

/** One place of the supervision tree. */
export interface TreeNode {
  /** Of whatever can be killed here; a place without one holds others together. */
  id?: string
  name: string
  kind: 'node' | 'application' | 'supervisor' | 'actor' | 'connection' | 'others'
  /** A child that does not run now. */
  isDown?: true
  children: TreeNode[]
}

export interface TreeSource {
  node: string
  top: Supervised
  actors: readonly AnyActorRef[]
  connections: readonly { id: string; socket: string; actorIds: readonly string[] }[]
  /** A number for what is no actor of the runtime, such as a supervisor; another object gets another one. */
  idOf(one: Supervised): string
}

/** A node may have thousands of clients: of one kind no more than this are drawn. */
const siblingsMax = 25

/** Applications, their supervisors and actors; then the clients with their channels, and whoever nobody supervises (RT-70). */
export function treeOf({ node, top, actors, connections, idOf }: TreeSource): TreeNode {
  const living = new Map(actors.map((actor) => [actor.id, actor]))
  const placed = new Set<string>()

  function place(actor: AnyActorRef): TreeNode {
    placed.add(actor.id)
    return { id: actor.id, name: shownNameOf(actor), kind: 'actor', children: [] }
  }

  function placeChild({ name, child }: SupervisedChild): TreeNode {
    if (!child?.alive) return { name: publicName(name), kind: 'actor', isDown: true, children: [] }
    const actor = child.id === undefined ? undefined : living.get(child.id)
    const children = (child.children?.() ?? []).map(placeChild)
    if (actor) return { ...place(actor), ...(child.children && { kind: 'supervisor' }), children }
    const kind = child.children ? 'supervisor' : 'actor'
    return { id: idOf(child), name: publicName(child.name ?? name), kind, children }
  }

  const applications = byApplication(top.children?.() ?? []).map(
    ([name, children]): TreeNode => ({
      name,
      kind: 'application',
      children: children.map(placeChild).map(shortened),
    }),
  )
  const clients = connections.map(
    ({ id, socket, actorIds }): TreeNode => ({
      id: `transport-${id}`,
      name: socket,
      kind: 'connection',
      children: actorIds.flatMap((actorId) => living.get(actorId) ?? []).map(place),
    }),
  )
  const others = actors.filter(({ id }) => !placed.has(id)).map(place)
  const rest = [group('clients', clients), group('unsupervised', others)].filter(({ children }) => children.length > 0)
  return { id: idOf(top), name: node, kind: 'node', children: [...applications, ...rest].map(shortened) }
}

const group = (name: string, children: TreeNode[]): TreeNode => ({ name, kind: 'others', children })

/** Children of the node are called `application.child`. */
function byApplication(children: readonly SupervisedChild[]): [name: string, children: SupervisedChild[]][] {
  const byName = new Map<string, SupervisedChild[]>()
  for (const one of children) {
    const [application = '', ...own] = one.name.split('.')
    byName.set(application, [...(byName.get(application) ?? []), { ...one, name: own.join('.') }])
  }
  return [...byName]
}

function shortened(place: TreeNode): TreeNode {
  const { children } = place
  if (children.length <= siblingsMax) return place
  const left: TreeNode = { name: `and ${children.length - siblingsMax} more`, kind: 'others', children: [] }
  return { ...place, children: [...children.slice(0, siblingsMax), left] }
}

/** Where something stands: the names from the top, which stay the same when it is started again. Undefined for one that is not there. */
export function pathTo(tree: TreeNode, id: string): string[] | undefined {
  if (tree.id === id) return [tree.name]
  for (const one of tree.children) {
    const path = pathTo(one, id)
    if (path) return [tree.name, ...path]
  }
}

/** The ids of all that stand in a place, which several may share. */
export function idsAt(tree: TreeNode, [name, ...rest]: readonly string[]): string[] {
  if (tree.name !== name) return []
  if (rest.length === 0) return tree.id === undefined || tree.isDown ? [] : [tree.id]
  return tree.children.flatMap((one) => idsAt(one, rest))
}
