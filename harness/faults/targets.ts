import type { Random } from '../platform/random.ts'

/** What a target can ask for without a name. */
export interface Scene {
  nodes: readonly { name: string; hasWeb: boolean }[]
  /** The actors of the node of the target, where the fault is aimed at one. */
  actors?: readonly Part[]
}

interface Part {
  name?: string
  role?: string
}

export class BadTarget extends Error {
  override name = 'BadTarget'
}

/**
 * Turns what a scenario asks for into names, with the seeded random; a target in names stays as it is (FI-1, FI-7).
 *
 * Nodes: `n1,n2`, `any`, `minority`, `majority`, `all`, `web`, `webless`. Links: `n1->n2`, `minority->db` (one way),
 * `minority|majority` (every link between them), `ring` (every node loses its next neighbour). Actors: `n1/<name>`, `n1/<role>`,
 * `n1/*`.
 */
export function resolveTarget(target: string, scene: Scene, random: Random): string {
  if (target.includes('/')) return scene.actors ? withActor(target, scene.actors, random) : target
  const inNames = createWords(scene, random)
  return target.split(separators).map(inNames).join('')
}

/** A group, so that the split keeps them and the text can be joined again. */
const separators = /(->|[ |,])/

/** The single things that a target of names stands for: nodes, links, or the one thing that it is. */
export function partsOf(target: string): string[] {
  return target.includes('/') ? [target] : target.split(' ').flatMap(partsOfOne)
}

function partsOfOne(target: string): string[] {
  const sides = target.split('|')
  if (sides.length > 1)
    return sides.flatMap((one) => sides.flatMap((other) => (one === other ? [] : links(one, other))))
  const [from = '', to] = target.split('->')
  return to === undefined ? target.split(',') : links(from, to)
}

const links = (from: string, to: string) =>
  from.split(',').flatMap((one) => to.split(',').flatMap((other) => (one === other ? [] : [`${one}->${other}`])))

/** Names for a word. All words of one target share one draw: no node is in the minority and in the majority. */
function createWords({ nodes }: Scene, random: Random) {
  const names = nodes.map(({ name }) => name)
  const drawn = shuffled(names, random)
  const fewCount = Math.floor((names.length - 1) / 2)
  const groups: Record<string, readonly string[]> = {
    all: names,
    any: drawn.slice(0, 1),
    minority: drawn.slice(0, fewCount),
    majority: drawn.slice(fewCount),
    web: nodes.filter(({ hasWeb }) => hasWeb).map(({ name }) => name),
    webless: nodes.filter(({ hasWeb }) => !hasWeb).map(({ name }) => name),
  }
  return (word: string): string => {
    if (word === 'ring') return ringOf(names)
    if (!Object.hasOwn(groups, word)) return word
    const group = names.filter((name) => groups[word]!.includes(name))
    if (group.length === 0) throw new BadTarget(`there is no ${word} among the nodes ${names.join(', ')}`)
    return group.join(',')
  }
}

function ringOf(names: readonly string[]): string {
  if (names.length < 3) throw new BadTarget(`a ring needs three nodes, and there are only ${names.join(', ')}`)
  return names.map((name, index) => `${name}->${names[(index + 1) % names.length]}`).join(' ')
}

function shuffled(names: readonly string[], random: Random): string[] {
  const left = [...names]
  return names.map(() => left.splice(random.integer(0, left.length - 1), 1)[0]!)
}

/** A role or `*` becomes the name of one that fits; where several have the name, it says which: `PingChannel:ping#2`. */
function withActor(target: string, actors: readonly Part[], random: Random): string {
  const at = target.indexOf('/')
  const [node, spec] = [target.slice(0, at), target.slice(at + 1)]
  const fitting = actors.filter(({ name, role }) => name !== undefined && (spec === '*' || role === spec))
  if (fitting.length === 0 && spec === '*') throw new BadTarget(`${node} has no actor with a name`)
  if (fitting.length === 0) return target
  const chosen = random.pick(fitting)
  const namesakes = actors.filter(({ name }) => name === chosen.name)
  return `${node}/${chosen.name}${namesakes.length > 1 ? `#${namesakes.indexOf(chosen) + 1}` : ''}`
}
