import { type FaultOf, type PointOf, type Stake, tableOf } from '../../../plans/cells.ts'

/** The node that works, the other node, and what lies between them and others. */
export type Part = 'node' | 'peer' | 'db' | 'dbLink' | 'mesh' | 'clientLink' | 'redis' | 'handler'

const describePart: Readonly<Record<Part, string>> = {
  node: 'its node',
  peer: 'the other node',
  db: 'the database',
  dbLink: 'the link to the database',
  mesh: 'the link between the nodes',
  clientLink: "its client's link",
  redis: 'Redis, because its nodes talk directly',
  handler: 'the one handler that can be made slow',
}

export const operations = [
  'add',
  'remove',
  'buy',
  'release',
  'sell',
  'join',
  'leave',
  'rejoin',
  'track',
  'replicate',
  'reconnect',
  'drain',
] as const
export type Operation = (typeof operations)[number]

/** In the order in which an operation passes them. */
export const points = ['asked', 'inside', 'committing', 'committed', 'announcing', 'answering'] as const
export type Point = (typeof points)[number]

const onControlPort = 'it is asked for on the control port, which has no link'
const inMemory = 'it is not in the database'
const oneTurn = 'it is one turn of a channel, and nothing can come between'
const oneStatement = 'it is one statement, which is sent with its commit'
const untilAnswered: readonly Part[] = ['node', 'clientLink']
const untilWritten: readonly Part[] = ['node', 'db', 'dbLink', 'mesh', 'peer']

/** What an operation still needs at each point; a sentence where it has no such point. */
const needsAt: Readonly<Record<Operation, Readonly<Record<Point, readonly Part[] | string>>>> = {
  add: ofChange(),
  remove: ofChange(),
  buy: {
    asked: [...untilAnswered, ...untilWritten],
    inside: [...untilAnswered, ...untilWritten],
    committing: [...untilAnswered, ...untilWritten],
    committed: [...untilAnswered, ...untilWritten],
    announcing: [...untilAnswered, ...untilWritten],
    answering: ['clientLink'],
  },
  release: {
    asked: onControlPort,
    inside: oneStatement,
    committing: untilWritten,
    committed: untilWritten,
    announcing: ['mesh', 'peer'],
    answering: onControlPort,
  },
  sell: {
    asked: onControlPort,
    inside: oneStatement,
    committing: untilWritten,
    committed: untilWritten,
    announcing: untilWritten,
    answering: onControlPort,
  },
  join: ofChannel(),
  leave: ofChannel(),
  rejoin: ofChannel(),
  track: {
    ...nowhere('it begins with the join, which is another operation'),
    announcing: ['mesh', 'peer'],
  },
  replicate: {
    ...nowhere('it begins with the sale, which is another operation'),
    inside: ['peer', 'db'],
    announcing: ['mesh', 'peer', 'db'],
  },
  reconnect: {
    ...ofChannel(),
    announcing: 'nobody is told of a connection',
  },
  drain: {
    ...nowhere('it is asked for with a signal, and answered with the end of the process'),
    announcing: ['mesh', 'peer'],
  },
}

/** Of a cart, by one of its tabs. */
function ofChange() {
  return {
    asked: [...untilAnswered, 'mesh', 'peer'] as const,
    inside: oneTurn,
    committing: inMemory,
    committed: inMemory,
    announcing: ['mesh', 'peer'] as const,
    answering: ['clientLink'] as const,
  }
}

function ofChannel() {
  return {
    asked: untilAnswered,
    inside: oneTurn,
    committing: inMemory,
    committed: inMemory,
    announcing: 'the tracker announces it, which is another operation',
    answering: ['clientLink'] as const,
  }
}

function nowhere(why: string) {
  return { asked: why, inside: why, committing: why, committed: why, answering: why }
}

const pointTable: readonly PointOf<Part>[] = operations.flatMap((operation) =>
  points.map((point) => {
    const needs = needsAt[operation][point]
    return typeof needs === 'string' ? { operation, point, why: needs } : { operation, point, needs }
  }),
)

/** All clients share this link to the node that is hit. */
export const clientLink = 'stakes'

/** Kind and target, with the part that it hits. */
export const stakeFaults: readonly FaultOf<Part>[] = [
  { fault: 'node.kill n1', hits: 'node' },
  { fault: 'node.stop n1', hits: 'node' },
  { fault: 'node.pause n1', hits: 'node' },
  { fault: 'node.block n1', hits: 'node' },
  { fault: 'node.kill n2', hits: 'peer' },
  { fault: 'node.pause n2', hits: 'peer' },
  { fault: 'db.kill db', hits: 'db' },
  { fault: 'db.pause db', hits: 'db' },
  { fault: 'link.cut n1->db', hits: 'dbLink' },
  { fault: 'link.cut-one-way n1->db', hits: 'dbLink' },
  { fault: 'link.reset n1->db', hits: 'dbLink' },
  { fault: 'link.cut n1->n2', hits: 'mesh' },
  { fault: 'link.cut-one-way n1->n2', hits: 'mesh' },
  { fault: 'link.reset n1->n2', hits: 'mesh' },
  { fault: `link.cut ${clientLink}->n1`, hits: 'clientLink' },
  { fault: `link.cut-one-way ${clientLink}->n1`, hits: 'clientLink' },
  { fault: `link.reset ${clientLink}->n1`, hits: 'clientLink' },
  { fault: 'redis.kill redis', hits: 'redis' },
  { fault: 'redis.pause redis', hits: 'redis' },
  { fault: 'handler.slow n1', hits: 'handler' },
]

/** What such a fault is told besides its target. */
export const faultOptions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'node.block': { forMs: 1_500 },
}

export const stakeTable = tableOf(pointTable, stakeFaults, describePart)

const is = (one: Stake, operation: Operation, point?: Point) =>
  one.operation === operation && (point === undefined || one.point === point)

/** The node's copy of the stock works on one sale after the other: this operation stands in its way. */
const holdsInventory = (one: Stake) => is(one, 'buy', 'announcing') || is(one, 'sell', 'announcing')
/** It waits on the connection between the nodes, which keeps everything behind it too. */
const holdsMesh = (one: Stake) => (one.point === 'announcing' && !holdsInventory(one)) || is(one, 'replicate', 'inside')
/** It passes the copy of the stock on its way. */
const passesInventory = (one: Stake) =>
  is(one, 'replicate') || is(one, 'release', 'announcing') || is(one, 'buy', 'answering')

/** How often each can be in one scenario: there are two products, few items, and a drain is for the whole node. */
const mostOf: Partial<Record<Operation, number>> = { release: 1, drain: 1, buy: 5, sell: 3, replicate: 3 }

/** Whether an operation can be brought to its point while these are at theirs. Pure. */
export function canJoin(one: Stake, together: readonly Stake[], before: readonly Stake[]): boolean {
  const own = one.operation as Operation
  if ([...before, ...together].filter((other) => is(other, own)).length >= (mostOf[own] ?? 99)) return false
  if (together.some((other) => is(other, 'drain')) || (own === 'drain' && together.length > 0)) return false
  if (together.some((other) => is(other, own, one.point as Point))) return false
  const all = [...together, one]
  if (all.filter(holdsMesh).length > 1 || all.filter(holdsInventory).length > 1) return false
  return !(all.some(holdsInventory) && all.some((other) => holdsMesh(other) && passesInventory(other)))
}

/** Those that stand in nobody's way come first, and those that hold the connection between the nodes last. Pure. */
export const inOrder = (stakes: readonly Stake[]): Stake[] => stakes.toSorted((a, b) => rankOf(a) - rankOf(b))

const rankOf = (one: Stake) => (holdsMesh(one) ? 3 : holdsInventory(one) ? 2 : passesInventory(one) ? 0 : 1)
