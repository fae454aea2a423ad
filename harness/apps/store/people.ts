import type { AppTools } from '../../app.ts'
import { adminCredentials } from './admin.ts'
import { type Crowd, type CrowdOptions, gatherCrowd } from './crowd.ts'
import { type Launch, type LaunchOptions, openLaunch } from './launch/launch.ts'
import { openShopper, type Shopper } from './shopper.ts'
import { openWireShopper, type WireShopper, type WireShopperOptions } from './wire-shopper.ts'

export interface ShopperWishes {
  /** Whose browser keeps pages alive that were left. */
  bfcache?: boolean
  /** The name of a script that the browser does not load. */
  without?: string
}

export type People = ReturnType<typeof createPeople>

/** Everyone in the store in one scenario. A name that already exists returns the existing person. */
export function createPeople({ context: { cluster, recorder, clock }, browsers, random }: AppTools) {
  const shoppers = new Map<string, Shopper>()
  const admins = new Map<string, Shopper>()
  const wireShoppers = new Map<string, WireShopper>()
  const crowds: Crowd[] = []
  const launches: Launch[] = []
  const common = { cluster, recorder, recordsTrace: browsers.recordsTraces }

  return {
    /** A person with their own browser and links. */
    shopper: (name: string, { bfcache = false, ...options }: ShopperWishes = {}) =>
      known(shoppers, name, async () =>
        openShopper({ ...options, ...common, name, browser: await browsers.get({ bfcache }) }),
      ),
    shoppers: () => [...shoppers.values()],
    /** An administrator of the store, whose browser has the credentials. */
    admin: (name: string) =>
      known(admins, name, async () => {
        const browser = await browsers.get({ bfcache: false })
        return openShopper({ ...common, name, browser, credentials: adminCredentials })
      }),
    admins: () => [...admins.values()],
    /** A shopper without a browser. */
    wireShopper: (name: string, node: string, options: WireShopperOptions = {}) =>
      known(wireShoppers, name, () => openWireShopper({ ...options, name, node, cluster, recorder })),
    wireShoppers: () => [...wireShoppers.values()],
    /** Opens many shoppers at once, each with one item. */
    async crowd(options: Omit<CrowdOptions, 'cluster' | 'random'>): Promise<Crowd> {
      const crowd = await gatherCrowd({ ...options, cluster, random })
      crowds.push(crowd)
      return crowd
    },
    crowds: () => crowds,
    /** Opens the shop for thousands, who wait for a release. */
    async launch(options: LaunchOptions): Promise<Launch> {
      const launch = await openLaunch(options, { cluster, recorder, random, clock })
      launches.push(launch)
      return launch
    },
    launches: () => launches,
    /** Closes the connection of a shopper without a browser, as when its tab is closed. */
    disconnect(name: string) {
      wireShoppers.get(name)?.close()
      wireShoppers.delete(name)
    },
  }
}

async function known<T>(people: Map<string, T>, name: string, open: () => Promise<T>): Promise<T> {
  const found = people.get(name)
  if (found) return found
  const opened = await open()
  people.set(name, opened)
  return opened
}

export async function closePeople(people: People) {
  for (const one of [...people.wireShoppers(), ...people.crowds(), ...people.launches()]) one.close()
  await Promise.all([...people.shoppers(), ...people.admins()].map((person) => person.close()))
}

export const tabsOf = (people: Pick<People, 'shoppers' | 'admins'>) =>
  [...people.shoppers(), ...people.admins()].flatMap(({ tabs }) => tabs)
