import { type Balancer, startBalancer } from '../../cluster/balancer/balancer.ts'
import { createPolicy, type PolicyName } from '../../cluster/balancer/policy.ts'
import { blueGreenDeploy, type DeployedNode, rollingDeploy, takeOut } from '../../cluster/deploy/deploy.ts'
import type { ClusterNode } from '../../cluster/node.ts'
import { freePort } from '../../platform/ports.ts'
import { seededRandom } from '../../platform/random.ts'
import { median } from '../../stats/percentile.ts'
import { exactly, inTime } from '../finding.ts'
import { defineLab, type Finding, type LabTools } from '../lab.ts'
import { openAudience } from './audience.ts'
import { type Counts, inFigures, isNear, spreadOf } from './spread.ts'

/** What one deploy did to the clients of real nodes. */
interface LiveDeploy {
  end: Counts
  /** The most open connections that one node had. */
  peak: number
  reconnects: number
  gapMs: number
  longestGapMs: number
  perSecondMax: number
  refused: number
}

interface Live {
  rolling: LiveDeploy
  least: LiveDeploy
  spare: LiveDeploy
  atOnce: LiveDeploy
  gradual: LiveDeploy
}

const host = '127.0.0.1'
const clientCount = 120
const each = clientCount / 3
const gradualMs = 3_000
/** A client that is late takes the turn of another. */
const tolerance = 6
const sampleEveryMs = 20
const awayMaxMs = 600
const connectedWithinMs = 20_000
const secondMs = 1_000

const sorted = (counts: Counts) => Object.values(counts).toSorted((one, other) => other - one)
const isLike = ({ end }: LiveDeploy, expected: readonly number[]) =>
  sorted(end).every((count, index) => Math.abs(count - (expected[index] ?? 0)) <= tolerance)
const seen = ({ end, peak, reconnects, gapMs, longestGapMs, perSecondMax }: LiveDeploy) =>
  `end ${inFigures(end)}; peak ${peak}; ${reconnects} reconnects, at most ${perSecondMax} within a second; gap ${Math.round(gapMs)} ms (median) to ${Math.round(longestGapMs)} ms`

/** Clients that are away for long come back when the next node is up already, and then they are where nobody expects them. */
const asComputed = (one: LiveDeploy, holds: boolean): Finding =>
  holds || one.longestGapMs <= awayMaxMs
    ? exactly(holds, seen(one))
    : inTime(
        [`a client was away for ${Math.round(one.longestGapMs)} ms, so the machine was too busy`],
        holds,
        seen(one),
      )

/** The figures of `deploy/strategies` on real nodes and official clients, 40 for each thousand (DP-27, DP-30..DP-35, DP-49). */
export const live = defineLab<Live>({
  name: 'deploy/live',
  title: 'the same deploys on real nodes behind a balancer, with official clients',
  scaled: `Three nodes with ${each} clients each instead of 1000, and a cut-over of ${gradualMs / 1_000} s instead of minutes.`,
  predictions: [
    {
      says: 'rolling, in turn, is as skewed as computed',
      inText: '1875/1125/0, peak 2250, 4750 reconnects for 1000 each',
      judge: ({ rolling: one }) =>
        asComputed(one, isLike(one, [75, 45, 0]) && Math.abs(one.reconnects - 190) <= 2 * tolerance),
    },
    {
      says: 'least-connections softens it',
      inText: '1500/1500/0, 4000 reconnects for 1000 each',
      judge: ({ least: one }) =>
        asComputed(one, isLike(one, [60, 60, 0]) && Math.abs(one.reconnects - 160) <= 2 * tolerance),
    },
    {
      says: 'with a spare, in turn, fewer connect again than without',
      inText: '1370/1037/593, 4111 reconnects for 1000 each',
      judge: ({ spare: one, rolling }) =>
        asComputed(one, isLike(one, [55, 41, 24, 0]) && one.reconnects < rolling.reconnects),
    },
    {
      says: 'blue-green ends even, and everybody connects again once',
      inText: '1000/1000/1000, 3000 reconnects for 1000 each',
      judge: ({ atOnce: one }) =>
        exactly(isNear(one.end, [each, each, each], tolerance) && one.reconnects === clientCount, seen(one)),
    },
    {
      says: 'a gradual cut-over has fewer connects in its busiest second than one at once',
      judge: ({ atOnce, gradual }) =>
        inTime(
          atOnce.perSecondMax < clientCount / 2 ? ['the machine was too busy for a cut-over at once'] : [],
          gradual.perSecondMax < atOnce.perSecondMax,
          `${gradual.perSecondMax} instead of ${atOnce.perSecondMax}`,
        ),
    },
    {
      says: 'no connection is refused by all nodes in any of them',
      judge: (all) => {
        const refused = Object.values(all).map((one) => one.refused)
        return exactly(
          refused.every((count) => count === 0),
          `${refused.join(', ')} refused`,
        )
      },
    },
  ],
  async run(tools) {
    const blue = await startNodes(tools, 3)
    const green = await startNodes(tools, 3)
    for (const node of green) await node.terminate()
    const [spare] = green
    const deploy = (policy: PolicyName, work: Work) => measure(tools, [blue, green], policy, work)
    const cutOver = (overMs: number) => (door: Balancer) =>
      blueGreenDeploy(door, blue, green, { clock: tools.clock, overMs })
    tools.say('rolling, in turn')
    const rolling = await deploy('round-robin', (door) => rollingDeploy(door, blue))
    tools.say('rolling, least connections')
    const least = await deploy('least-connections', (door) => rollingDeploy(door, blue))
    tools.say('rolling with a spare')
    const withSpare = await deploy('round-robin', (door) => rollingDeploy(door, blue, { spare: spare! }))
    tools.say('blue-green, at once')
    const atOnce = await deploy('least-connections', cutOver(0))
    tools.say(`blue-green, within ${gradualMs / 1_000} s`)
    const gradual = await deploy('least-connections', cutOver(gradualMs))
    return { rolling, least, spare: withSpare, atOnce, gradual }
  },
  figures: ({ rolling, least, spare, atOnce, gradual }) =>
    Object.entries({
      'rolling, round-robin': rolling,
      'rolling, least-connections': least,
      'rolling with a spare, round-robin': spare,
      'blue-green, at once': atOnce,
      [`blue-green, over ${gradualMs / 1_000} s`]: gradual,
    }).map(([what, one]) => ({ what, value: `${seen(one)}; difference at the end ${spreadOf(one.end)}` })),
  charts: () => [],
})

type Work = (door: Balancer) => Promise<void>

async function startNodes({ node }: LabTools, count: number): Promise<ClusterNode[]> {
  const nodes: ClusterNode[] = []
  for (let n = 0; n < count; n += 1) nodes.push(await node({ APPS: 'hello' }))
  return nodes
}

/** Fresh clients, spread evenly over the first group of nodes; then a deploy, until all are back. */
async function measure(
  tools: LabTools,
  [blue, green]: readonly [readonly ClusterNode[], readonly ClusterNode[]],
  policy: PolicyName,
  work: Work,
): Promise<LiveDeploy> {
  const { clock, until } = tools
  await bringUp(blue)
  const door = await startBalancer({
    host,
    port: await freePort(),
    choose: createPolicy('round-robin', seededRandom(1)),
  })
  for (const { name, port } of blue) door.add({ name, host, port })
  const audience = openAudience(door.port, clientCount, clock)
  const allAreThere = () => audience.connectedCount() === clientCount
  try {
    await until(allAreThere, { what: 'all clients are connected', withinMs: connectedWithinMs })
    door.use(createPolicy(policy, seededRandom(1)))
    const peak = watchPeak(tools, door)
    await work(door)
    await until(allAreThere, { what: 'all clients are back', withinMs: connectedWithinMs })
    return { ...costsOf(audience.reconnects()), end: endOf(door), peak: peak.stop(), refused: door.refusedCount() }
  } finally {
    audience.leave()
    for (const node of green.filter(({ running }) => running)) await takeOut(door, node)
    await door.close()
  }
}

/** Nodes that the deploy before has ended. */
async function bringUp(nodes: readonly DeployedNode[]) {
  for (const node of nodes) {
    if (node.running) continue
    await node.start()
    await node.ready()
  }
}

const endOf = (door: Balancer): Counts =>
  Object.fromEntries(door.nodes().map((name) => [name, door.counts()[name]!.open]))

function costsOf(reconnects: readonly { atMs: number; gapMs: number }[]) {
  const gaps = reconnects.map(({ gapMs }) => gapMs)
  const times = reconnects.map(({ atMs }) => atMs)
  const busiest = times.map((from) => times.filter((atMs) => from <= atMs && atMs < from + secondMs).length)
  return {
    reconnects: reconnects.length,
    gapMs: gaps.length === 0 ? 0 : median(gaps),
    longestGapMs: Math.max(0, ...gaps),
    perSecondMax: Math.max(0, ...busiest),
  }
}

/** Looks again and again how many connections the fullest node has. */
function watchPeak({ clock }: LabTools, door: Balancer) {
  let peak = 0
  let cancel = () => {}
  const look = () => {
    peak = Math.max(peak, ...Object.values(door.counts()).map(({ open }) => open))
    cancel = clock.after(sampleEveryMs, look)
  }
  look()
  return {
    stop() {
      cancel()
      return peak
    },
  }
}
