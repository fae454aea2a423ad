import type { Random } from '../platform/random.ts'
import type { FaultOptions } from './fault.ts'

/** What the scenario of a random plan has that a fault can be aimed at. */
export interface Targets {
  nodes: readonly string[]
  /** Somebody with a browser, and the nodes that serve it. */
  client: { name: string; nodes: readonly string[] }
  /** Actors that every node has. */
  actors: readonly string[]
  /** Somebody on every node has it joined. */
  topic: string
  /** Beginnings of the topics on which nodes talk to each other. */
  internalTopics: readonly string[]
  /** Of these a lost message is noticed or explained. */
  topicsThatMayLose: readonly string[]
}

export type Draw = (random: Random, targets: Targets) => { target: string; options?: FaultOptions }

/** How random plans draw a fault: one way or several, each as likely as the others; or never, with the reason. */
export type Drawn =
  | {
      ways: readonly Draw[]
      /** What must be well, besides the target, for the fault and its end to be witnessed: nothing else may break it meanwhile. */
      alsoNeeds?: 'every node' | 'the database'
    }
  | { never: string }

/** One node. */
export const drawNode: Draw = (random, { nodes }) => ({ target: random.pick(nodes) })

/** The link from one node to another. */
export const drawLinkBetweenNodes: Draw = (random, { nodes }) => {
  const from = random.pick(nodes)
  return { target: `${from}->${random.pick(nodes.filter((node) => node !== from))}` }
}

/** The link of somebody with a browser. */
export const drawLinkOfClient: Draw = (random, { client }) => ({
  target: `${client.name}->${random.pick(client.nodes)}`,
})

export const drawLinkToDatabase: Draw = (random, { nodes }) => ({ target: `${random.pick(nodes)}->db` })

/** One node against the others. */
export const drawSplit: Draw = (random, { nodes }) => {
  const alone = random.pick(nodes)
  return { target: `${alone}|${nodes.filter((node) => node !== alone).join(',')}` }
}

export const drawDatabase: Draw = () => ({ target: 'db' })

/** The same target with options. */
export const withOptions =
  (draw: Draw, options: FaultOptions): Draw =>
  (random, targets) => ({ ...draw(random, targets), options })
