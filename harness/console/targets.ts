import type { FaultDefinition, Need } from '../faults/define-fault.ts'
import type { Targets } from '../faults/draws.ts'
import type { OptionFact } from '../faults/options.ts'
import { seededRandom } from '../platform/random.ts'

/** What there is to be broken now. */
export interface Scene {
  nodes: readonly string[]
  /** Links that somebody connects through, the best to break first: `n1->n2`. */
  links: readonly string[]
  hasRedis: boolean
  /** By node. */
  actors: Readonly<Record<string, readonly string[]>>
  topics: Readonly<Record<string, readonly string[]>>
}

/** A fault as the page offers it. */
export interface OfferedFault {
  kind: string
  title: string
  aim: string
  options: readonly OptionFact[]
  /** By the name of the option: its default, or what random plans take. */
  values: Record<string, unknown>
  /** The first one is the best guess; a person may write any other. */
  targets: string[]
  /** Why it cannot be injected here. */
  unavailable?: string
}

/** Returns the fault with everything that its button needs. Pure. */
export function offerOf({ kind, title, aim, options, drawn, needs }: FaultDefinition, scene: Scene): OfferedFault {
  const all = candidatesOf(needs, aim.resolvesActors === true, scene).filter((one) => fitsAll(aim.fits, one))
  const isAboutGroups = aim.examples[0]?.includes('|') === true
  const targets = isAboutGroups
    ? all
    : [...all.filter((one) => !one.includes('|')), ...all.filter((one) => one.includes('|'))]
  const unavailable = targets.length === 0 ? (needs ? missing[needs] : 'there is nothing to aim it at') : undefined
  return {
    kind,
    title,
    aim: aim.what,
    options,
    values: { ...guessesFor(options), ...defaultsOf(options), ...drawnOptions(drawn, scene) },
    targets,
    ...(unavailable !== undefined && { unavailable }),
  }
}

const missing: Readonly<Record<Need, string>> = {
  redis: 'needs --pubsub redis',
  tabs: 'the console has no browser tabs of its own',
  balancer: 'there is no balancer in front of the nodes of the console',
}

const groups = new Set(['any', 'minority', 'majority', 'all'])

/** Words for groups and single parts, each as a target is written. */
function candidatesOf(needs: Need | undefined, isAboutActors: boolean, scene: Scene): string[] {
  const { nodes, links, hasRedis } = scene
  if (needs === 'tabs' || needs === 'balancer') return []
  if (isAboutActors) return perNode(scene.actors)
  const [first, ...rest] = nodes
  const sides = rest.length > 0 ? [`${first}|${rest.join(',')}`] : []
  const words = nodes.length > 2 ? ['any', 'minority', 'majority', 'all'] : nodes.length > 1 ? ['any', 'all'] : []
  return [...sides, ...nodes, ...words, 'db', ...(hasRedis ? ['redis'] : []), ...links, ...perNode(scene.topics)]
}

const perNode = (names: Scene['actors']) =>
  Object.entries(names).flatMap(([node, own]) => [...new Set(own)].map((name) => `${node}/${name}`))

/** Whether each part of a target fits; groups of nodes stand for names. */
function fitsAll(fits: (part: string) => boolean, target: string): boolean {
  if (target.includes('|')) return fits('n1->n2') && !fits('n1') && !target.includes('->')
  return groups.has(target) ? fits('n1') && !fits('db') : fits(target)
}

const defaultsOf = (options: readonly OptionFact[]) =>
  Object.fromEntries(options.flatMap((one) => (one.default === undefined ? [] : [[one.name, one.default]])))

/** A moderate value for a number that has no default and that no random plan draws, by its unit. */
const moderate: Readonly<Record<string, number>> = { ms: 300, '%': 10, 'KiB/s': 64 }

const guessesFor = (options: readonly OptionFact[]) =>
  Object.fromEntries(
    options.flatMap(({ name, type, required, unit = '' }) =>
      required ? [[name, type === 'a text' ? '' : (moderate[unit] ?? 1)]] : [],
    ),
  )

/** What a random plan would take: a good beginning for options without a default. */
function drawnOptions(drawn: FaultDefinition['drawn'], { nodes }: Scene): Record<string, unknown> {
  if ('never' in drawn) return {}
  const targets: Targets = {
    nodes: nodes.length > 1 ? nodes : ['n1', 'n2'],
    client: { name: 'visitor', nodes: nodes.slice(0, 1) },
    actors: ['actor'],
    topic: 'ping',
    internalTopics: ['ping'],
    topicsThatMayLose: ['ping'],
  }
  return drawn.ways[0]?.(seededRandom(1), targets).options ?? {}
}
