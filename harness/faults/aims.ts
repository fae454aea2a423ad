import { BadTarget } from './targets.ts'

/** What a fault can be aimed at. */
export interface Aim {
  /** In words, after "is aimed at". */
  what: string
  /** Targets as a scenario writes them. */
  examples: readonly string[]
  /** Whether one part of a target, in names, is one of these. */
  fits(part: string): boolean
  /** The target may name an actor by its role: whoever resolves it needs to know which actors there are. */
  resolvesActors?: true
}

const name = /^[^\s/|,>]+$/
const link = /^[^\s/|,>]+->([^\s/|,>]+)$/
const servers = new Set(['db', 'redis'])

const isLink = (part: string) => link.test(part)

export const aNode: Aim = {
  what: 'a node',
  examples: ['n1', 'n1,n2', 'any', 'minority', 'majority', 'all'],
  fits: (part) => name.test(part) && !servers.has(part),
}
export const someNodes: Aim = {
  what: 'nodes, all together',
  examples: ['all', 'n1,n2'],
  fits: (part) => part.split(',').every(aNode.fits),
}
export const aLink: Aim = {
  what: 'a link, from -> to',
  examples: ['n1->n2', 'alice->n1', 'n1->db', 'minority->redis', 'ring'],
  fits: isLink,
}
export const aLinkToANode: Aim = {
  what: 'a link to a node (for the servers there are db.slow and redis.slow)',
  examples: ['alice->n1', 'n1->n2'],
  fits: (part) => isLink(part) && !servers.has(link.exec(part)![1]!),
}
export const groupsOfNodes: Aim = {
  what: 'groups of nodes: every link between them, both ways',
  examples: ['n1|n2,n3', 'minority|majority'],
  fits: isLink,
}
export const anActor: Aim = {
  what: 'an actor of a node, by its name, its role or at random',
  examples: ['n1/<name>', 'n1/<name>#2', 'n1/channel', 'n1/transport', 'n1/*'],
  fits: (part) => /^[^\s/]+\/.+$/.test(part),
  resolvesActors: true,
}
export const aTopicOnANode: Aim = {
  what: 'the connections of a node that have a topic joined',
  examples: ['n1/<topic>'],
  fits: (part) => /^[^\s/]+\/.+$/.test(part),
}
export const aTab: Aim = {
  what: 'the tab of a person',
  examples: ['alice', 'alice#2'],
  fits: (part) => name.test(part),
}
export const theDatabase: Aim = { what: 'the database', examples: ['db'], fits: (part) => part === 'db' }
export const theRedis: Aim = { what: 'the Redis server', examples: ['redis'], fits: (part) => part === 'redis' }
export const theMetricsDaemon: Aim = {
  what: 'the metrics daemon',
  examples: ['statsd'],
  fits: (part) => part === 'statsd',
}

export const describeAim = ({ what, examples }: Aim) => `${what}: ${examples.join(', ')}`

/** Throws BadTarget when a fault of this kind cannot be aimed at this. */
export function checkAim(kind: string, { what, examples, fits }: Aim, part: string): void {
  if (fits(part)) return
  throw new BadTarget(`${kind} is aimed at ${what}, such as ${examples.join(', ')}; got "${part}"`)
}
