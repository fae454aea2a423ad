import type { ActorPage, ActorRow, SortKey } from '../actor-list.ts'
import { bytesText, durationText, numberText, shareText } from '../format.ts'
import type { Observer } from '../observer.ts'
import type { TreeNode } from '../tree.ts'
import { chartsOf } from './chart.ts'
import { linkTo } from './layout.ts'
import { type Column, factsOf, tableOf, text } from './table.ts'

type Overview = ReturnType<Observer['overview']>
type Detail = NonNullable<ReturnType<Observer['detail']>>

/** Why two figures for one thing differ (RT-73). */
export const whyMemoryDiffers =
  'The runtime keeps memory that it has freed for later use, so the operating system sees more than is used; believe the used figure.'

/** What stands above every view (RT-72, RT-73). */
export function headerOf({ memory, counts, collections, lag, uptimeMs, load }: Overview): string {
  const { rss, heapTotal, heapUsed } = memory
  const schedulers = load.filter(({ kind }) => kind !== 'core')
  const busy = schedulers.map(({ name, shares }) => `${name} ${shareText(shares.at(-1))}`)
  return `<section class="head" aria-label="The node">
${factsOf([
  ['memory allocated', `${bytesText(rss)} process, ${bytesText(heapTotal)} heap`],
  ['memory used', `${bytesText(heapUsed)} heap`],
  ['actors', numberText(counts.actors)],
  ['connections', `${numberText(counts.connections)} with ${numberText(counts.channels)} channels`],
  ['waiting messages', numberText(counts.waitingMessages)],
  ['collections', `${numberText(collections.count)} in ${numberText(collections.totalMs)} ms`],
  ['timers late by', `${numberText(lag.meanMs, 1)} ms, most ${numberText(lag.maxMs)} ms`],
  ['up', durationText(uptimeMs)],
])}
${factsOf([['schedulers, busy in the last second', busy.join(', ') || 'measured from now on']])}
<p class="why">${whyMemoryDiffers}</p></section>`
}

const sortTitle = (page: ActorPage, key: SortKey, title: string) =>
  page.sort === key
    ? `<span aria-label="sorted by ${title}">${title} ▼</span>`
    : `<a href="${text(linkTo('actors', { sort: key }))}">${title}</a>`

export function actorsOf(page: ActorPage): string {
  const { firstNo, page: number, pages, total, sort, rows } = page
  const numbered = rows.map((row, index) => ({ ...row, no: firstNo + index }))
  const columns: Column<ActorRow & { no: number }>[] = [
    { title: 'No', isNumber: true, cell: ({ no }) => text(no) },
    { title: 'id', isNumber: true, cell: ({ id }) => actorLink(id, id) },
    { title: sortTitle(page, 'work', 'work, ms'), isNumber: true, cell: ({ workMs }) => numberText(workMs, 1) },
    { title: 'name or kind', cell: ({ id, name }) => actorLink(id, name) },
    { title: sortTitle(page, 'queue', 'queue'), isNumber: true, cell: ({ queue }) => numberText(queue) },
    { title: sortTitle(page, 'memory', 'memory'), isNumber: true, cell: ({ memoryBytes }) => bytesText(memoryBytes) },
    { title: 'handled', isNumber: true, cell: ({ handled }) => numberText(handled) },
    { title: 'now', cell: ({ status, handling }) => text(handling ?? status) },
  ]
  const step = (to: number, title: string) =>
    to < 1 || to > pages
      ? `<span>${title}</span>`
      : `<a href="${text(linkTo('actors', { sort, page: to }))}">${title}</a>`
  return `${tableOf(`${numberText(total)} actors, by ${sort}`, columns, numbered)}
<p class="pages">${step(number - 1, '← page before')} <span>page ${number} of ${pages}</span> ${step(number + 1, 'next page →')}</p>`
}

const actorLink = (id: string, label: string) => `<a href="${text(linkTo('actor', { id }))}">${text(label)}</a>`

/** One actor, with what it did in each of the last seconds (RT-71, RT-72). */
export function actorOf({ id, name, fields, ticks }: Detail): string {
  const facts = Object.entries(fields).map(([field, value]) => [field, fieldText(value)] as const)
  return `<section><h2>${text(name)} <span>actor ${text(id)}</span></h2>${killForm(id, name)}
${factsOf(facts)}
${tableOf(
  'In each of the last seconds, the newest first',
  [
    { title: 'work, ms', isNumber: true, cell: ({ workMs }) => numberText(workMs, 1) },
    { title: 'messages', isNumber: true, cell: ({ handled }) => numberText(handled) },
    { title: 'queue', isNumber: true, cell: ({ queue }) => numberText(queue) },
    { title: 'memory', isNumber: true, cell: ({ memoryBytes }) => bytesText(memoryBytes) },
  ],
  ticks.toReversed(),
)}</section>`
}

const fieldText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const killForm = (id: string, name: string) =>
  `<details class="kill"><summary>Kill</summary><form method="post" action="/observer/kill"><input type="hidden" name="id" value="${text(id)}"><button>Kill ${text(name)} (${text(id)})</button></form></details>`

/** The supervision tree, which grows to the right (RT-70). */
export const treeViewOf = (tree: TreeNode): string =>
  `<section class="scroll" tabindex="0" aria-label="Supervision tree"><h2>Supervision tree</h2><ul class="tree">${branchOf(tree, true)}</ul></section>`

function branchOf({ id, name, kind, isDown, children }: TreeNode, isTop = false): string {
  const isActor = id !== undefined && /^\d+$/.test(id)
  const label = isActor ? actorLink(id, name) : `<b>${text(name)}</b>`
  const about = `<small>${isDown ? 'not running' : `${kind}${id === undefined ? '' : ` ${text(id)}`}`}</small>`
  const kill = id === undefined || isTop ? '' : killForm(id, name)
  const below = children.length > 0 ? `<ul>${children.map((one) => branchOf(one)).join('')}</ul>` : ''
  return `<li><span class="place">${label} ${about}${kill}</span>${below}</li>`
}

export const loadOf = ({ load, sampleEveryMs }: Overview): string =>
  `<section><h2>Load of the last minutes</h2>
<p class="why">The share of the time for which each event loop and thread was busy, and each core of the machine. Measured while somebody looks.</p>
${chartsOf(load, sampleEveryMs)}</section>`

const connectionsShown = 100

export function networkOf({ connections, peers, sent }: ReturnType<Observer['network']>): string {
  const bytes = (value: number | undefined) => (value === undefined ? '-' : bytesText(value))
  const peerRows = Object.entries(peers)
  return [
    tableOf(
      `${numberText(connections.length)} connections, those with the most bytes first`,
      [
        { title: 'id', isNumber: true, cell: ({ id }) => text(id) },
        { title: 'socket', cell: ({ socket }) => text(socket) },
        { title: 'channels', isNumber: true, cell: ({ channels }) => numberText(channels) },
        { title: 'messages in', isNumber: true, cell: ({ messagesIn }) => numberText(messagesIn) },
        {
          title: 'messages out',
          isNumber: true,
          cell: ({ messagesOut }) => (messagesOut === undefined ? '-' : numberText(messagesOut)),
        },
        { title: 'bytes in', isNumber: true, cell: ({ bytesIn }) => bytes(bytesIn) },
        { title: 'bytes out', isNumber: true, cell: ({ bytesOut }) => bytes(bytesOut) },
      ],
      connections.slice(0, connectionsShown),
    ),
    tableOf(
      'Other nodes',
      [
        { title: 'node', cell: ([name]) => text(name) },
        { title: 'connected', cell: ([, { connected }]) => (connected ? 'yes' : 'no') },
      ],
      peerRows,
    ),
    tableOf(
      'Sent to other nodes, by the first part of the topic',
      [
        { title: 'topic', cell: ([topic]) => text(topic) },
        { title: 'messages', isNumber: true, cell: ([, { messages }]) => numberText(messages) },
        { title: 'bytes', isNumber: true, cell: ([, { bytes: sentBytes }]) => bytesText(sentBytes) },
      ],
      Object.entries(sent),
    ),
  ].join('\n')
}

export const tablesOf = (tables: ReturnType<Observer['tables']>): string =>
  tableOf(
    'Tables in memory that actors share',
    [
      { title: 'name', cell: ({ name }) => text(name) },
      { title: 'owner', cell: ({ owner }) => text(owner) },
      { title: 'kind', cell: ({ kind, access }) => text(`${kind}, ${access}`) },
      { title: 'rows', isNumber: true, cell: ({ rows }) => numberText(rows) },
      { title: 'memory', isNumber: true, cell: ({ bytes }) => bytesText(bytes) },
    ],
    tables,
  )

export const systemOf = (system: ReturnType<Observer['system']>): string =>
  `<section><h2>System</h2>${factsOf([
    ['node', system.node],
    ['process', String(system.pid)],
    ['runtime', system.runtime],
    ['platform', system.platform],
    ['machine', `${system.cores} cores, ${system.model}`],
    ['load average of 1, 5, 15 min', system.loadAverage.join(', ')],
    ['heap limit', bytesText(system.heapLimit)],
    ['applications', system.applications.join(', ')],
  ])}</section>`
