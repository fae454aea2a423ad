import type { HarnessApp } from '../app.ts'
import { type AppName, apps } from '../apps/index.ts'

/** A k6 script that ships with Squall, and the cluster that it is for. */
export interface Load {
  name: string
  summary: string
  /** In `scripts/`. */
  script: string
  app: AppName
  nodes: number
  usersDefault: number
  usersMost: number
  /** What the application's data must be, for this number of users. */
  given?(users: number): object
  /** Settings of every node. */
  nodeEnv?: Readonly<Record<string, string>>
  /** What the script must know of a cluster that was started for it; a running system may be another one. */
  scriptEnv?(users: number): Readonly<Record<string, string>>
}

const sizes = 13
/** Enough for half of the shoppers: everything is sold out in the end, and as many are refused. */
const pairsOfEach = (users: number) => Math.max(1, Math.floor(users / 2 / sizes))
const resourceMs = 100

const list: readonly Load[] = [
  {
    name: 'release-day',
    summary: 'pages, sockets and carts of shoppers who wait for a release and buy everything',
    script: 'release-day.js',
    app: 'store',
    nodes: 3,
    usersDefault: 200,
    usersMost: 20_000,
    given: (users) => ({
      stock: Object.fromEntries(Array.from({ length: sizes }, (_, index) => [index + 1, pairsOfEach(users)])),
    }),
    scriptEnv: (users) => ({ PAIRS: String(pairsOfEach(users)), ITEMS: String(sizes) }),
  },
  {
    name: 'workshop',
    summary: '/part1/serial, /part1/async and /part2/genstage, one after the other',
    script: 'workshop.js',
    app: 'workshop',
    nodes: 1,
    usersDefault: 50,
    usersMost: 1_000,
    nodeEnv: { WORKSHOP_RESOURCE_MS: String(resourceMs), WORKSHOP_LIMIT: '0' },
    scriptEnv: () => ({ USE_MS: String(resourceMs) }),
  },
]

/** Every load by its name. */
export const loads: Readonly<Record<string, Load>> = Object.fromEntries(list.map((load) => [load.name, load]))

export const seedsFor = ({ app, given }: Load, users: number) => {
  const { seeds } = apps[app] as HarnessApp
  return given && seeds ? seeds(given(users)) : []
}
