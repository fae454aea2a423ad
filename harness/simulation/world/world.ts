import { controlWithinMs } from '../../timing.ts'
import type { Cluster } from './cluster.ts'
import { openConnection } from './connection.ts'
import { type Dashboard, openDashboard } from './dashboard.ts'
import { createPage, type Page } from './page.ts'
import { createPassersBy } from './passers-by.ts'
import type { Action } from './plan.ts'
import { endOf, openShopper, type Shopper } from './shopper.ts'
import { openVisitor, type Visitor } from './visitor.ts'

export type World = ReturnType<typeof createWorld>

const visitorKinds = [
  { version: '2.0.0', transport: 'websocket' },
  { version: '1.0.0', transport: 'websocket' },
  { version: '2.0.0', transport: 'longpoll' },
  { version: '2.0.0', transport: 'longpoll', pollsElsewhere: true },
] as const

/** Everybody in the scenario, and what they can do. */
export function createWorld(cluster: Cluster) {
  const { clock, network, recorder, random } = cluster
  const passersBy = createPassersBy({ network, clock, random, nodes: cluster.names })
  const visitors: Visitor[] = []
  const shoppers = new Map<string, Shopper>()
  const pages: Page[] = []
  const listeners: { who: string; node: string; joins: Page['joins'] }[] = []
  const dashboards: Dashboard[] = []
  const storage = {}
  const published = new Map<string, number>()
  const publishing = new Map<string, Promise<void>>()

  /** An operation that a node does on behalf of the control client. */
  async function operation(node: string, name: string, value: object, request: object = value) {
    const end = recorder.begin(node, name, value)
    const { type, error } = endOf(await cluster.ask(node, { do: name, ...request }, controlWithinMs, 'control'))
    end(type, error)
  }

  async function publishOne(node: string) {
    const seq = (published.get(node) ?? 0) + 1
    published.set(node, seq)
    const value = { publisher: node, seq, origin: node }
    recorder.record({ who: node, type: 'publish', topic: 'ping', event: 'ledger', value })
    await operation(node, 'publish', value, { topic: 'ping', event: 'ledger', payload: value })
  }

  function come(who: string, node: string) {
    if (!shoppers.has(who)) shoppers.set(who, openShopper({ network, recorder, clock, name: who, node }))
  }

  /** The page that was there goes when another comes, and stays where none can be had. */
  async function loadDashboard(who: string, node: string): Promise<boolean> {
    const response = await cluster.ask(node, { do: 'admin' }, controlWithinMs, who)
    if (response.kind !== 'answered' || response.status !== 200) return false
    const index = dashboards.findIndex((one) => one.who === who)
    if (index >= 0) dashboards.splice(index, 1)[0]!.close()
    dashboards.push(openDashboard({ network, recorder, who, node, token: String(response.body) }))
    return true
  }

  async function lookAgain() {
    for (const { who, node } of [...dashboards]) await loadDashboard(who, node)
  }

  const actions: Record<string, (action: never) => unknown> = {
    add: ({ who, itemId }: { who: string; itemId: number }) => shoppers.get(who)?.add(itemId),
    remove: ({ who, itemId }: { who: string; itemId: number }) => shoppers.get(who)?.remove(itemId),
    buy: ({ who }: { who: string }) => shoppers.get(who)?.buy(),
    click: ({ tab, itemId }: { tab: number; itemId: number }) => pages[tab]?.click(itemId),
    removeInTab: ({ tab, itemId }: { tab: number; itemId: number }) => pages[tab]?.take(itemId),
    reload: ({ tab }: { tab: number }) => pages[tab]?.load(),
    reloadDashboard: () => lookAgain(),
    sell: ({ node, itemId }: { node: string; itemId: number }) => operation(node, 'sell', { itemId }),
    sellOnAllNodes: ({ itemId }: { itemId: number }) =>
      Promise.all(cluster.names.map((node) => operation(node, 'sell', { itemId }))),
    /** One after the other: two requests at once may arrive in any order. */
    publish({ node }: { node: string }) {
      const mine = (publishing.get(node) ?? Promise.resolve()).then(() => publishOne(node))
      publishing.set(node, mine)
      return mine
    },
    arrive: ({ who, node }: { who: string; node: string }) => come(who, node),
    leave({ who }: { who: string }) {
      shoppers.get(who)?.close()
      shoppers.delete(who)
    },
  }

  return {
    release: (node: string, productId: number) => operation(node, 'release', { productId }),
    come,
    listen(who: string, node: string) {
      const connection = openConnection({ network, recorder, who, from: who, node, path: '/socket' })
      connection.join('ping')
      listeners.push({ who, node, joins: connection.joins })
    },
    /** Whoever does not belong to the plan: visitors who are strict, and people who only pass by. */
    crowd() {
      const nodeAt = (index: number) => cluster.names[index % cluster.names.length]!
      for (const [index, kind] of visitorKinds.entries()) {
        const through = 'pollsElsewhere' in kind && { through: nodeAt(index + 1) }
        const of = { network, recorder, clock, random, who: `visitor-${index + 1}`, node: nodeAt(index) }
        visitors.push(openVisitor({ ...of, ...kind, ...through }))
      }
      void passersBy.start()
    },
    crowdStops() {
      passersBy.stop()
      for (const visitor of visitors) visitor.stop()
    },
    visitors,
    async openPage(who: string, node: string) {
      const page = createPage({ network, recorder, clock, who, node, storage })
      pages.push(page)
      await page.load()
    },
    async openDashboard(who: string, node: string) {
      if (!(await loadDashboard(who, node))) throw new Error(`${who} gets no dashboard from ${node}`)
    },
    /** Undefined for an action that no simulation knows. */
    act: (action: Action): Promise<unknown> | undefined => {
      const run = actions[action.do]
      return run && Promise.resolve(run(action as never))
    },
    shoppers: () => [...shoppers.values()],
    pages,
    dashboards,
    /** Everybody who wants to hear something. */
    everybody: () => [
      ...pages.map(({ who, node, joins }) => ({ who, node, joins })),
      ...dashboards.map(({ who, node, joins }) => ({ who, node, joins })),
      ...listeners,
      ...[...shoppers.values()].map(({ name, node, joins }) => ({ who: name, node, joins })),
    ],
  }
}
