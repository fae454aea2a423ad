import { duration } from '../reporters/format.ts'
import type { TerminalSize } from '../reporters/live-area.ts'
import type {
  ActorDetail,
  ActorPage,
  ActorRow,
  Connection,
  LoadLine,
  Network,
  Overview,
  SharedTable,
  System,
  Tick,
  TreeNode,
} from './answers.ts'
import { type Column, cut, linesOf } from './columns.ts'
import { bytesText, numberText, shareText } from './figures.ts'
import type { Target, View } from './view.ts'

/** What a screen shows beneath the header. */
export type Content =
  | { screen: 'actors'; page: ActorPage }
  | { screen: 'actor'; actor: ActorDetail | undefined }
  | { screen: 'tree'; tree: TreeNode }
  | { screen: 'load' }
  | { screen: 'network'; network: Network }
  | { screen: 'tables'; tables: readonly SharedTable[] }
  | { screen: 'system'; system: System }

export interface Screen {
  lines: string[]
  /** What can be opened or killed, by its number. */
  rows: Map<number, Target>
  /** The page that is shown, which may be another than the one asked for. */
  page: number
}

interface Body {
  lines: string[]
  rows: Map<number, Target>
  page: number
  pages: number
}

const headLines = 6
const footLines = 4
const titleLines = 1

/** How many rows there is room for beneath the header and the titles. */
export const rowsFor = ({ rows }: TerminalSize): number => Math.max(3, rows - headLines - titleLines - footLines)

/** Why two figures for one thing differ (RT-73). */
const whyMemoryDiffers = 'freed memory is kept for later use: believe used, not allocated'

/** The whole screen as lines, none wider than the terminal and no more than it has rows (RT-72). Pure. */
export function render(overview: Overview, content: Content, view: View, size: TerminalSize): Screen {
  const body = bodyOf(overview, content, view, size)
  const room = size.rows - headLines - footLines
  const shown = body.lines.slice(0, room)
  const filling = Array<string>(Math.max(0, room - shown.length)).fill('')
  const lines = [...headerOf(overview, body), ...shown, ...filling, ...footOf(view)]
  return { lines: lines.map((line) => cut(line, size.columns)), rows: body.rows, page: body.page }
}

/** The header and the list of actors, for whoever has no terminal. Pure. */
export const snapshotOf = (overview: Overview, page: ActorPage, columns: number): string[] =>
  [...headerOf(overview, { page: 1, pages: 1 }), ...actorLines(page, columns)].map((line) => cut(line, columns))

function headerOf(overview: Overview, { page, pages }: Pick<Body, 'page' | 'pages'>): string[] {
  const { node, uptimeMs, memory, counts, collections, lag, load } = overview
  const busy = load
    .filter(({ kind }) => kind !== 'core')
    .map(({ name, shares }) => `${name} ${shareText(shares.at(-1))}`)
  return [
    `Squall inspector  ${node}  up ${duration(uptimeMs)}${pages > 1 ? `  page ${page} of ${pages}` : ''}`,
    `memory      allocated ${bytesText(memory.rss)} process, ${bytesText(memory.heapTotal)} heap   used ${bytesText(memory.heapUsed)} heap`,
    `            ${whyMemoryDiffers}`,
    `counts      ${numberText(counts.actors)} actors  ${numberText(counts.connections)} connections  ${numberText(counts.channels)} channels  ${numberText(counts.waitingMessages)} waiting`,
    `collections ${numberText(collections.count)} in ${numberText(collections.totalMs)} ms   timers late by ${lag.meanMs.toFixed(1)} ms, most ${lag.maxMs.toFixed(0)} ms`,
    `schedulers  ${busy.join('  ') || 'measured from now on'}`,
  ]
}

const keysOf: Readonly<Partial<Record<View['screen'], string>>> = {
  actors: 'r by work  m by memory  q by queue  NUMBER open  k NUMBER kill',
  actor: 'k kill',
  tree: 'NUMBER open  k NUMBER kill',
}

const footOf = ({ screen, typed, notice = '' }: View): string[] => [
  notice,
  ['PageUp  PageDown', keysOf[screen]].filter(Boolean).join('  '),
  'h home  t tree  c load  n network  d tables  s system  x quit',
  `a key and enter > ${typed}`,
]

function bodyOf(overview: Overview, content: Content, view: View, size: TerminalSize): Body {
  const { columns: width } = size
  switch (content.screen) {
    case 'actors':
      return actorsBody(content.page, width)
    case 'actor':
      return plainBody(content.actor ? actorDetailLines(content.actor, width) : [goneLine(view)], view, size)
    case 'tree':
      return treeBody(content.tree, view, size)
    case 'load':
      return plainBody(loadLines(overview, width), view, size)
    case 'network':
      return plainBody(networkLines(content.network, width), view, size)
    case 'tables':
      return plainBody(tableLines(content.tables, width), view, size)
    case 'system':
      return plainBody(systemLines(content.system), view, size)
  }
}

const goneLine = ({ actorId = '' }: View) => `actor ${actorId} has ended; "t" shows who has taken its place`

/** Lines that are cut into pages here. */
function plainBody(lines: string[], view: View, size: TerminalSize): Body {
  const { page, pages, first, last } = pageOf(lines.length, view.page, rowsFor(size))
  return { lines: lines.slice(first, last), rows: new Map(), page, pages }
}

/** Which of `total` lines a page shows; a page behind the last is the last. Pure. */
export function pageOf(total: number, asked: number, size: number) {
  const pages = Math.max(1, Math.ceil(total / size))
  const page = Math.min(Math.max(1, asked), pages)
  return { page, pages, first: (page - 1) * size, last: page * size }
}

// --- actors ---

function actorsBody(page: ActorPage, width: number): Body {
  const { firstNo, rows, page: number, pages } = page
  const targets = rows.map(({ id, name }, index) => [firstNo + index, { id, name }] as const)
  return { lines: actorLines(page, width), rows: new Map(targets), page: number, pages }
}

function actorLines({ firstNo, rows, sort }: ActorPage, width: number): string[] {
  const numbered = rows.map((row, index) => ({ ...row, no: firstNo + index }))
  const sorted = (key: ActorPage['sort'], title: string) => (sort === key ? `${title}▼` : title)
  const columns: Column<ActorRow & { no: number }>[] = [
    { title: 'No', width: 4, isNumber: true, cell: ({ no }) => String(no) },
    { title: 'id', width: 6, isNumber: true, cell: ({ id }) => id },
    { title: sorted('work', 'work ms'), width: 12, isNumber: true, cell: ({ workMs }) => numberText(workMs, 1) },
    { title: 'name or kind', cell: ({ name }) => name },
    { title: sorted('queue', 'queue'), width: 6, isNumber: true, cell: ({ queue }) => numberText(queue) },
    { title: sorted('memory', 'memory'), width: 9, isNumber: true, cell: ({ memoryBytes }) => bytesText(memoryBytes) },
    { title: 'message', width: 9, cell: ({ handling = '-' }) => handling },
    { title: 'status', width: 7, cell: ({ status }) => status },
  ]
  return linesOf(columns, numbered, width)
}

// --- one actor ---

function actorDetailLines({ id, name, fields, ticks }: ActorDetail, width: number): string[] {
  const shown = Object.entries(fields).map(([field, value]) => `${field.padEnd(18)} ${fieldText(value)}`)
  const columns: Column<Tick>[] = [
    { title: 'work ms', width: 10, isNumber: true, cell: ({ workMs }) => numberText(workMs, 1) },
    { title: 'messages', width: 9, isNumber: true, cell: ({ handled }) => numberText(handled) },
    { title: 'queue', width: 7, isNumber: true, cell: ({ queue }) => numberText(queue) },
    { title: 'memory', width: 10, isNumber: true, cell: ({ memoryBytes }) => bytesText(memoryBytes) },
  ]
  const changes = ticks.length > 0 ? linesOf(columns, ticks.toReversed(), width) : ['... after the next second']
  return [`${name}  (actor ${id})`, ...shown, 'in each of the last seconds, the newest first:', ...changes]
}

const fieldText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

// --- the supervision tree ---

interface TreeRow {
  no: number
  node: TreeNode
  /** The lines that lead to it. */
  branch: string
}

function treeBody(tree: TreeNode, view: View, size: TerminalSize): Body {
  const all = treeRows(tree).map((row, index) => ({ ...row, no: index + 1 }))
  const { page, pages, first, last } = pageOf(all.length, view.page, rowsFor(size))
  const shown = all.slice(first, last)
  const columns: Column<TreeRow>[] = [
    { title: 'No', width: 4, isNumber: true, cell: ({ no }) => String(no) },
    { title: 'tree', cell: ({ branch, node }) => `${branch}${node.name}` },
    { title: 'id', width: 13, cell: ({ node: { id = '', isDown } }) => (isDown ? 'not running' : id) },
    { title: 'kind', width: 11, cell: ({ node: { kind } }) => kind },
  ]
  const targets = shown.flatMap(({ no, node: { id, name } }) => (id === undefined ? [] : [[no, { id, name }] as const]))
  const lines = linesOf(columns, shown, size.columns)
  return { lines, rows: new Map(targets), page, pages }
}

/** One row for each place, from the top, with the lines that join them. Pure. */
export function treeRows(node: TreeNode, lead = '', branch = ''): Omit<TreeRow, 'no'>[] {
  const below = node.children.flatMap((one, index) => {
    const isLast = index === node.children.length - 1
    return treeRows(one, `${lead}${isLast ? '   ' : '│  '}`, `${lead}${isLast ? '└─ ' : '├─ '}`)
  })
  return [{ node, branch }, ...below]
}

// --- load ---

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** A bar for each sample, as many of the newest as there is room for; a blank where there was nothing. Pure. */
export const sparkline = (shares: readonly (number | null)[], width: number): string =>
  shares
    .slice(-width)
    .map((share) => (share === null ? ' ' : bars[Math.min(bars.length - 1, Math.floor(share * bars.length))]!))
    .join('')

const loadNameWidth = 22

function loadLines({ load, sampleEveryMs }: Overview, width: number): string[] {
  const room = Math.max(10, width - loadNameWidth - 8)
  const covered = Math.round((Math.min(room, load[0]?.shares.length ?? 0) * sampleEveryMs) / 1_000)
  const lineOf = ({ name, kind, shares }: LoadLine) =>
    `${cut(`${name} (${kind})`, loadNameWidth).padEnd(loadNameWidth)} ${shareText(shares.at(-1)).padStart(5)} ${sparkline(shares, room)}`
  return [`busy in the last ${covered} s, now at the right`, ...load.map(lineOf)]
}

// --- network, tables, system ---

function networkLines({ connections, peers, sent }: Network, width: number): string[] {
  const optional = (value: number | undefined, text: (value: number) => string) =>
    value === undefined ? '-' : text(value)
  const columns: Column<Connection>[] = [
    { title: 'id', width: 6, isNumber: true, cell: ({ id }) => id },
    { title: 'socket', cell: ({ socket }) => socket },
    { title: 'channels', width: 8, isNumber: true, cell: ({ channels }) => numberText(channels) },
    { title: 'msg in', width: 8, isNumber: true, cell: ({ messagesIn }) => numberText(messagesIn) },
    { title: 'msg out', width: 8, isNumber: true, cell: ({ messagesOut }) => optional(messagesOut, numberText) },
    { title: 'bytes in', width: 10, isNumber: true, cell: ({ bytesIn }) => optional(bytesIn, bytesText) },
    { title: 'bytes out', width: 10, isNumber: true, cell: ({ bytesOut }) => optional(bytesOut, bytesText) },
  ]
  const nodes = Object.entries(peers).map(
    ([name, { connected }]) => `${name} ${connected ? 'connected' : 'not connected'}`,
  )
  const kinds = Object.entries(sent).map(
    ([topic, { messages, bytes }]) => `${topic} ${numberText(messages)} messages, ${bytesText(bytes)}`,
  )
  return [
    `other nodes: ${nodes.join(', ') || 'none'}`,
    `sent to them: ${kinds.join('; ') || 'nothing'}`,
    `${numberText(connections.length)} connections, those with the most bytes first`,
    ...linesOf(columns, connections, width),
  ]
}

function tableLines(tables: readonly SharedTable[], width: number): string[] {
  const columns: Column<SharedTable>[] = [
    { title: 'name', cell: ({ name }) => name },
    { title: 'owner', width: 22, cell: ({ owner }) => owner },
    { title: 'kind', width: 22, cell: ({ kind, access }) => `${kind}, ${access}` },
    { title: 'rows', width: 8, isNumber: true, cell: ({ rows }) => numberText(rows) },
    { title: 'memory', width: 10, isNumber: true, cell: ({ bytes }) => bytesText(bytes) },
  ]
  return tables.length > 0 ? linesOf(columns, tables, width) : ['no actor of this node has a table']
}

const systemLines = (system: System): string[] => [
  `process       ${system.pid}`,
  `runtime       ${system.runtime}`,
  `platform      ${system.platform}`,
  `machine       ${system.cores} cores, ${system.model}`,
  `load average  ${system.loadAverage.join(', ')} in 1, 5 and 15 minutes`,
  `heap limit    ${bytesText(system.heapLimit)}`,
  `applications  ${system.applications.join(', ')}`,
]
