import { Agent } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import pLimit from 'p-limit'
import { sharedMonotonicMs, systemClock } from '../../../platform/clock.ts'
import { seededRandom } from '../../../platform/random.ts'
import type { PagesReport, ShopperPlan, WorkerOptions, WorkerReport, WorkerRequest } from './messages.ts'
import { type LaunchShopper, noAnswer, openShopper, shopPath } from './shopper.ts'

/** One thread of shoppers: what their pages are told is seen at once, whatever the main thread does meanwhile. */
const options = workerData as WorkerOptions
const port = parentPort!
const report = (message: WorkerReport) => port.postMessage(message)

const atOnce = 48
const socketsAtOnce = 64
/** As the official client. By the clock and not by turns: a machine that is busy elsewhere must not make the heartbeats rarer. */
const heartbeatEveryMs = 25_000
const lookForHeartbeatsEveryMs = 500

const random = seededRandom(options.seed)
const agent = new Agent({ keepAlive: true, maxSockets: socketsAtOnce })
const shoppers = new Map<number, LaunchShopper>()
const releaseMs: number[] = []
const awayMs: number[] = []
const changes = new Map<string, { itemId: number; level: string; atMs: number[] }>()
let releaseAskedMs: number | undefined

function onLevel(itemId: number, level: string) {
  const key = `${itemId} ${level}`
  const known = changes.get(key) ?? { itemId, level, atMs: [] }
  changes.set(key, known)
  known.atMs.push(sharedMonotonicMs())
}

function onRelease(shopper: LaunchShopper) {
  if (releaseAskedMs !== undefined) releaseMs.push(sharedMonotonicMs() - releaseAskedMs)
  systemClock.after(shopper.plan.addAfterMs, () => addWhenJoined(shopper))
}

const lookEveryMs = 50

const addAttemptsMost = 5

/** Who has no answer, because the connection was lost, asks again on the next one; the pair may be in the cart by then. */
async function addWhenJoined(shopper: LaunchShopper) {
  const { number } = shopper.plan
  for (let attempt = 1; ; attempt += 1) {
    while (!shopper.isJoined()) await systemClock.sleep(lookEveryMs)
    const { end, why } = await shopper.add()
    if (why === 'duplicate_item') return report({ kind: 'added', number, end: 'ok', why })
    if (why !== noAnswer || attempt === addAttemptsMost) return report({ kind: 'added', number, end, why })
  }
}

function onBack({ number }: ShopperPlan, ms: number) {
  awayMs.push(ms)
  report({ kind: 'back', number })
}

async function open() {
  const turns = pLimit(atOnce)
  const context = {
    ...options,
    ...{ agent, random, onRelease, onLevel },
    onBack,
  }
  await turns.map(options.shoppers, async (plan) => {
    shoppers.set(plan.number, await openShopper(plan, context))
  })
  report({ kind: 'opened', keys: [...shoppers.values()].map(({ plan, key }) => ({ number: plan.number, key })) })
}

const heartbeatAtMs = new Map<number, number>()

function keepAlive() {
  const nowMs = sharedMonotonicMs()
  for (const [number, shopper] of shoppers) {
    if (nowMs < (heartbeatAtMs.get(number) ?? 0)) continue
    shopper.heartbeat()
    heartbeatAtMs.set(number, nowMs + heartbeatEveryMs)
  }
  systemClock.after(lookForHeartbeatsEveryMs, keepAlive)
}

async function buy(number: number, attempt: number) {
  const end = await shoppers.get(number)!.buy()
  report({ kind: 'bought', attempt: { number, attempt, ...end } })
}

function reportOf(): PagesReport {
  const all = [...shoppers.values()]
  const shown = Map.groupBy(all, (one) => JSON.stringify([one.page(), one.cart()]))
  const byNode = Map.groupBy(all, (one) => one.node())
  return {
    groups: [...shown.values()].map((same) => ({
      state: same[0]!.page(),
      page: shopPath,
      cart: same[0]!.cart(),
      pageCount: same.length,
    })),
    present: [...byNode].map(([node, here]) => ({
      node,
      connections: here.filter((one) => one.isConnected()).length,
      channels: here.filter((one) => one.isJoined()).length * (options.productIds.length + 1),
    })),
    ...{ releaseMs, awayMs, changes: [...changes.values()] },
  }
}

port.on('message', (request: WorkerRequest) => {
  if (request.kind === 'watch') releaseAskedMs = request.releaseAskedMs
  else if (request.kind === 'buy') void buy(request.number, request.attempt)
  else if (request.kind === 'report') report({ kind: 'report', report: reportOf() })
  else {
    for (const shopper of shoppers.values()) shopper.close()
    process.exit(0)
  }
})
keepAlive()
open().catch((error: Error) => report({ kind: 'failed', why: error.message }))
