import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Cluster } from '../../../cluster/cluster.ts'
import type { Present } from '../../../history/inventory.ts'
import type { Recorder } from '../../../history/recorder.ts'
import { type Clock, sharedMonotonicMs } from '../../../platform/clock.ts'
import { type Random, seedMost } from '../../../platform/random.ts'
import { figuresOf, type LaunchFigures } from './figures.ts'
import { memoryOf } from './memory.ts'
import type { Attempt, PagesReport, ShopperPlan, WorkerOptions, WorkerReport, WorkerRequest } from './messages.ts'

export interface LaunchOptions {
  /** How many shoppers. */
  size: number
  /** Each wants one of these, in turn. */
  itemIds: readonly number[]
  productIds: readonly number[]
  /** The shoppers put their pair into the cart within this time after the release has reached them, and buy it at once. */
  rushMs: number
}

interface LaunchTools {
  cluster: Cluster
  recorder: Recorder
  random: Random
  clock: Clock
}

/** A release day: thousands of shoppers in threads of their own, each with an open page and a cart (ST-1, ST-2, NF-23). */
export interface Launch {
  readonly size: number
  /** Call just before the release is asked for: what pages are told is measured from now on. */
  watch(): void
  /** Resolves when everybody has bought a pair or was told that there is none; rejects with what is missing. */
  over(withinMs: number): Promise<{ boughtCount: number; soldOutCount: number }>
  /** What all pages show now. */
  pages(): Promise<PagesReport['groups']>
  /** Connections and channels by node, as the shoppers have them. */
  present(): Promise<Present[]>
  isEverybodyJoined(): Promise<boolean>
  figures(): Promise<LaunchFigures>
  close(): void
}

/** One core is left for the nodes, where there are two. */
const threadCount = () => Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)))
/** An order without a certain end is tried again with the same key, as a shopper would. */
const attemptsMost = 6
const lookEveryMs = 100
const againAfterMs = 500

/** Resolves when every shopper has the shop open; rejects when a node refuses one. */
export async function openLaunch(options: LaunchOptions, tools: LaunchTools): Promise<Launch> {
  const { size } = options
  const { cluster, recorder, random, clock } = tools
  const memoryBefore = await memoryOf(cluster)
  const openedAtMs = clock.monotonicMs()
  const plans = plansOf(options, random)
  const keys = new Map<number, string>()
  const ends = new Map<number, 'bought' | 'sold out'>()
  const problems: string[] = []
  const purchaseMs: number[] = []
  const pending = new Map<string, ReturnType<Recorder['begin']>>()
  const workers = threadsOf(options, tools, plans)
  for (const worker of workers)
    worker.on('error', ({ message }) => problems.push(`a thread of shoppers ended: ${message}`))

  function buy(worker: Worker, number: number, attempt: number) {
    const { itemId } = plans[number]!
    // Recorded before the request is sent, and its end after the answer has come: no purchase seems shorter than it was.
    const value = { shopper: nameOf(number), itemIds: [itemId], key: keys.get(number), waitsForOthers: true }
    pending.set(`${number} ${attempt}`, recorder.begin(nameOf(number), 'purchase', value))
    ask(worker, { kind: 'buy', number, attempt })
  }

  function bought(worker: Worker, { number, attempt, end, why, tookMs }: Attempt) {
    pending.get(`${number} ${attempt}`)!.end(end, end === 'ok' ? undefined : why)
    if (end !== 'unsure') purchaseMs.push(tookMs)
    if (end === 'ok') ends.set(number, 'bought')
    else if (end === 'failed' && why === 'status 409') ends.set(number, 'sold out')
    else if (end === 'unsure' && attempt < attemptsMost)
      clock.after(againAfterMs, () => buy(worker, number, attempt + 1))
    else problems.push(`${nameOf(number)} could not buy: ${why}`)
  }

  function hear(worker: Worker, message: WorkerReport) {
    if (message.kind === 'added') {
      if (message.end === 'ok') buy(worker, message.number, 1)
      else if (message.end === 'out_of_stock') ends.set(message.number, 'sold out')
      else problems.push(`${nameOf(message.number)} could not put a pair into the cart: ${message.why}`)
    } else if (message.kind === 'bought') bought(worker, message.attempt)
    else if (message.kind === 'back') recorder.begin(nameOf(message.number), 'come back', {}).end('ok')
  }

  const close = () => {
    for (const worker of workers) void worker.terminate()
  }
  // Who joins a cart makes its node tell the others, so that those who count messages between nodes must know of it.
  const opening = recorder.begin('release day', 'open the shop', { count: size })
  try {
    const opened = await Promise.all(workers.map((worker) => answerOf(worker, 'opened')))
    for (const { number, key } of opened.flatMap((one) => one.keys)) keys.set(number, key)
    opening.end('ok')
  } catch (error) {
    opening.end('unsure')
    close()
    throw error
  }
  for (const worker of workers) worker.on('message', (message: WorkerReport) => hear(worker, message))
  const openMs = clock.monotonicMs() - openedAtMs
  const memoryAfter = await memoryOf(cluster)

  const reports = () =>
    Promise.all(
      workers.map((worker) => {
        const answer = answerOf(worker, 'report')
        ask(worker, { kind: 'report' })
        return answer.then(({ report }) => report)
      }),
    )
  const present = async () =>
    (await reports()).flatMap((one) => one.present).map((one) => ({ who: 'release day', polls: 0, ...one }))

  return {
    size,
    watch() {
      const releaseAskedMs = sharedMonotonicMs()
      for (const worker of workers) ask(worker, { kind: 'watch', releaseAskedMs })
    },
    async over(withinMs) {
      const deadlineMs = clock.monotonicMs() + withinMs
      while (ends.size + problems.length < size && clock.monotonicMs() < deadlineMs) await clock.sleep(lookEveryMs)
      if (problems.length > 0) throw new Error(`${problems[0]} (${problems.length} of ${size} shoppers)`)
      if (ends.size < size) throw new Error(`${size - ends.size} of ${size} shoppers had no end within ${withinMs} ms`)
      const boughtCount = [...ends.values()].filter((end) => end === 'bought').length
      return { boughtCount, soldOutCount: size - boughtCount }
    },
    pages: async () => (await reports()).flatMap(({ groups }) => groups),
    present,
    isEverybodyJoined: async () =>
      (await present()).reduce((sum, { channels }) => sum + channels, 0) === size * (options.productIds.length + 1),
    figures: async () => figuresOf({ size, openMs, purchaseMs, reports: await reports(), memoryBefore, memoryAfter }),
    close,
  }

  function ask(worker: Worker, request: WorkerRequest) {
    worker.postMessage(request)
  }
}

const nameOf = (number: number) => `shopper-${number + 1}`

/** The seed decides who wants what and when. */
const plansOf = ({ size, itemIds, rushMs }: LaunchOptions, random: Random): ShopperPlan[] =>
  Array.from({ length: size }, (_, number) => ({
    number,
    itemId: itemIds[number % itemIds.length]!,
    addAfterMs: Math.round(random.next() * rushMs),
  }))

function threadsOf(
  { productIds }: LaunchOptions,
  { cluster, random }: LaunchTools,
  plans: readonly ShopperPlan[],
): Worker[] {
  const addresses = cluster.nodes
    .filter(({ hasWeb }) => hasWeb)
    .map(({ name, directUrl }) => ({ node: name, url: directUrl }))
  const count = threadCount()
  return Array.from({ length: count }, (_, index) => {
    const shoppers = plans.filter(({ number }) => number % count === index)
    const workerData: WorkerOptions = { addresses, productIds, shoppers, seed: random.integer(0, seedMost) }
    return new Worker(new URL('./worker.ts', import.meta.url), { workerData })
  })
}

/** The next message of a kind. Rejects when the thread ends, or says that it failed. */
function answerOf<K extends WorkerReport['kind']>(
  worker: Worker,
  kind: K,
): Promise<Extract<WorkerReport, { kind: K }>> {
  const { promise, resolve, reject } = Promise.withResolvers<Extract<WorkerReport, { kind: K }>>()
  const hear = (message: WorkerReport) => {
    if (message.kind === 'failed') reject(new Error(message.why))
    else if (message.kind === kind) resolve(message as Extract<WorkerReport, { kind: K }>)
  }
  worker.on('message', hear)
  worker.on('error', reject)
  return promise.finally(() => worker.off('message', hear).off('error', reject))
}
