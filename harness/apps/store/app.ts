import { defineApp } from '../../app.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Present } from '../../history/inventory.ts'
import { adminCredentials } from './admin.ts'
import { checkers, judgesAlways } from './checkers/index.ts'
import { checkoutWindow } from './checkout-window.ts'
import { statesOf } from './control.ts'
import { storeControls } from './controls.ts'
import { type StoreGiven, seedsOf, setUpStore } from './database.ts'
import { readFinals } from './final-reads.ts'
import { createOperations } from './operations.ts'
import { closePeople, createPeople, type People, tabsOf } from './people.ts'
import { fetchRendering } from './rendering.ts'
import { storeWorkload } from './workload.ts'

/** The sneaker store, with its carts, checkout and dashboard. */
export const storeApp = defineApp({
  name: 'store',
  env: { ADMIN_PASSWORD: adminCredentials.password, STORE_LIVE_SALT: 'the salt of live pages under test' },
  needs: ['database', 'control'],
  setUpDatabase: setUpStore,
  seeds: (given: StoreGiven) => seedsOf(given),
  checkers,
  judgesAlways,
  workload: storeWorkload,
  controls: storeControls,
  windows: [checkoutWindow],
  open(tools) {
    const { cluster } = tools.context
    const people = createPeople(tools)
    return {
      members: { ...people, ...createOperations(tools) },
      listeners: () => listenersOf(people),
      present: () => presentIn(people),
      sleepers: () => people.shoppers().flatMap(({ tabs }) => tabs),
      checkSteadyState: () => everyPageIsServed(cluster),
      hasSettled: () => nodesAgreeOnCarts(cluster),
      shown: () => shownTo(people),
      finalReads: () => readFinals(cluster, people),
      saveEvidence: (folder) => saveEvidence(people, folder),
      close: () => closePeople(people),
    }
  },
})

const listenersOf = (people: People) => [
  ...tabsOf(people).map(({ who, joins }) => ({ who, joins })),
  ...people.wireShoppers().map(({ name, joins }) => ({ who: name, joins })),
  ...people.launches().map((launch) => ({
    who: 'release day',
    async joins() {
      const isJoined = await launch.isEverybodyJoined()
      return { connected: isJoined, expected: everything, joined: isJoined ? everything : [] }
    },
  })),
]

/** Thousands are not named one by one. */
const everything = ['product:*', 'cart:[id]']

async function presentIn(people: People): Promise<Present[]> {
  const tabs = tabsOf(people).map(async ({ who, node, joins }) => {
    const { socketCount, channelCount } = await joins()
    return { who, node, connections: socketCount, polls: 0, channels: channelCount }
  })
  const crowds = people.crowds().map((crowd) => {
    const open = crowd.connectedCount()
    return { who: 'a crowd', connections: open, polls: 0, channels: open }
  })
  const ofLaunches = (await Promise.all(people.launches().map((launch) => launch.present()))).flat()
  return [...ofLaunches, ...(await Promise.all(tabs)), ...people.wireShoppers().map((one) => one.present()), ...crowds]
}

async function everyPageIsServed({ nodes }: Cluster) {
  for (const node of nodes.filter(({ hasWeb }) => hasWeb)) await fetchRendering(`${node.directUrl}/`)
}

/** A restarted node learns from the other nodes who is in the shop and what is in the carts. */
async function nodesAgreeOnCarts(cluster: Cluster) {
  const known = (await statesOf(cluster)).map(({ carts }) =>
    JSON.stringify(carts.map((cart) => JSON.stringify(cart)).sort()),
  )
  return new Set(known).size === 1
}

async function shownTo(people: People) {
  const inTabs = tabsOf(people).map(async (tab) => [
    await tab.rendering(),
    await tab.cart(),
    { ...(await tab.dashboard()), staleness: '' },
  ])
  const onLaunches = people.launches().map((launch) => launch.pages())
  return [await Promise.all(inTabs), people.wireShoppers().map((one) => one.cart()), await Promise.all(onLaunches)]
}

async function saveEvidence(people: People, folder: string) {
  const files: string[] = []
  for (const person of [...people.shoppers(), ...people.admins()])
    files.push(...(await person.saveEvidence(folder).catch(() => [])))
  return files
}
