import {
  launchPagesRight,
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  presenceMatchesReality,
  purchasesLinearizable,
  type ScenarioContext,
  scenariosFor,
} from '../../harness/index.ts'
import { mustTakeAtMost, watchingStalls } from '../stalls.ts'
import { mustBe, openDashboard, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

/** SQUALL_SHOPPERS takes another number, for a smaller machine or a larger one. */
const size = Number(process.env.SQUALL_SHOPPERS || 5_000)
const sizeLeast = 130
const itemIds = Array.from({ length: 13 }, (_, index) => index + 1)
const productIds = [1, 2]
/** One stays, and one may be killed. */
const dashboardNodes = ['n1', 'n2']
/** More want each size than there are of it: in the end everything is sold out, and the others know it. */
const pairsOfEach = Math.floor((0.6 * size) / itemIds.length)
const rushMs = Math.max(3_000, 5 * size)
const soldOutWithinMs = 60_000
const overWithinMs = 150_000
const openWithinMs = 180_000

/** How long the killed node is gone, in the middle of the rush. */
const goneMs = 3_000

/** Settings of production, because this is no scenario about silence. */
const env = { CLUSTER_HEARTBEAT_MS: '2000', CLIENT_HEARTBEAT_MS: '30000', LOG_LEVEL: 'warn' }

type Context = ScenarioContext<'store'>

interface ReleaseDay {
  id: string
  title: string
  /** A node that is killed in the middle of the rush. */
  killed?: string
}

/** Makes a scenario: shoppers wait, both products are released, everything is bought (ST-1, ST-2). */
export function releaseDay({ id, title, killed }: ReleaseDay) {
  if (!(size >= sizeLeast))
    throw new Error(`SQUALL_SHOPPERS takes a number from ${sizeLeast}; got "${process.env.SQUALL_SHOPPERS}"`)
  return scenario({
    id,
    title,
    invariant: `${size} shoppers on three nodes wait for a release and buy everything${killed ? `, while ${killed} is killed` : ''}: every pair is sold once, and every page and both dashboards are right in the end without a reload.`,
    covers: ['ST-1', 'ST-2', 'ST-6', 'NF-23', ...(killed ? ['NF-9'] : [])],
    aloneBecause: `${size} shoppers need the whole machine`,
    withoutBackground:
      'the shoppers are the traffic, and what is late on a machine that is busy with them proves nothing',
    given: { nodes: 3, env, stock: Object.fromEntries(itemIds.map((one) => [one, pairsOfEach])) },
    tags: ['browser'],
    stepWithinMs: Math.max(openWithinMs, 2 * overWithinMs) + 10_000,
    stepsWithinMs: openWithinMs + 2 * overWithinMs + 20_000,
    steps: [
      step(`two dashboards are opened, and ${size} shoppers open the shop`, async (context) => {
        for (const node of dashboardNodes) await openDashboard(context, `boss-${node}`, node)
        await context.launch({ size, itemIds, productIds, rushMs })
      }),
      step(`both products are released, and everybody buys${killed ? `, while ${killed} is killed` : ''}`, (context) =>
        watchingStalls(context, undefined, () => rush(context, killed)),
      ),
    ],
    expectations: [
      after(2, 'everything is sold out, and everybody knows how it ended', async (context) =>
        mustBe(context.scratch.get('bought'), pairsOfEach * itemIds.length, 'pairs bought'),
      ),
      after(2, `it is sold out within ${soldOutWithinMs / 1_000} s of the release`, async (context) => {
        const tookMs = Number(context.scratch.get('took'))
        mustTakeAtMost(context, tookMs, soldOutWithinMs, `it took ${Math.round(tookMs)} ms`)
      }),
    ],
    checkers: [
      ...[launchPagesRight, presenceMatchesReality, neverOversold, purchasesLinearizable],
      ...[ordersChargedOnce, nodesAgreeWithDatabase],
    ],
  })
}

async function rush(context: Context, killed: string | undefined) {
  const { clock, scratch } = context
  const [launch] = context.launches()
  const startedMs = clock.monotonicMs()
  launch!.watch()
  for (const id of productIds) succeeded(await context.release('n1', id), 'release')
  const [{ boughtCount }] = await Promise.all([
    launch!.over(overWithinMs),
    killed === undefined ? undefined : killInTheMiddle(context, killed),
  ])
  scratch.set('took', clock.monotonicMs() - startedMs)
  await everySaleApplied(context)
  scratch.set('bought', boughtCount)
}

const lookEveryMs = 1_000
/** The parts of a node through which a sale of another node goes. */
const applying = new Set(['replication', 'inventory'])

/** Each node reads the stock once for each sale, one read after the other, and is behind after thousands: it is at rest when it is not. */
async function everySaleApplied({ cluster, clock, notReached }: Context) {
  const deadlineMs = clock.monotonicMs() + overWithinMs
  const waiting = async () => {
    const actors = (await Promise.all(cluster.nodes.map(({ control }) => control.actors()))).flat()
    return actors.reduce((sum, { role, mailboxLength }) => sum + (applying.has(role ?? '') ? mailboxLength : 0), 0)
  }
  for (let left = await waiting(); left > 0; left = await waiting()) {
    if (clock.monotonicMs() > deadlineMs) notReached(`the nodes have still not applied ${left} sales`)
    await clock.sleep(lookEveryMs)
  }
}

async function killInTheMiddle({ clock, nemesis }: Context, node: string) {
  await clock.sleep(rushMs / 2)
  await using _kill = await nemesis.inject('node.kill', node)
  await clock.sleep(goneMs)
}
