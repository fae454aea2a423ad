import type { Clock } from '../../platform/clock.ts'
import { exactly } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab, type LabTools } from '../lab.ts'
import { createBeamActor } from './beam-actor.ts'
import { createBeamHeap } from './beam-heap.ts'
import { createIsolateActor, type IsolateActor } from './isolate-actor.ts'

/** Bytes of an actor after each step of the experiment. */
export interface MemoryCurve {
  start: number
  allocated: number
  cleared: number
  afterNoops: number
  collected: number
  hibernated: number
  /** After a clear and the idle time. */
  hibernatedByItself: number
}

/** What dead binaries took at most, and what collecting them cost. */
export interface SweepCost {
  binaryBytesMax: number
  copiedWords: number
}

export interface MemoryRun {
  model: MemoryCurve
  /** Of an actor of the model that goes on working after its clear. */
  busy: { bytes: number; noops: number }
  binary: { heapBytes: number; clearedBytes: number; collectedBytes: number }
  sweeps: { default: SweepCost; after20: SweepCost }
  isolate: MemoryCurve
  wokenMs: number
  /** How many one-character strings the actor has after hibernation, and how many it was given. */
  kept: { given: number; after: number }
}

const seedCount = 4_000
const isolateCount = 2_000_000
const noops = 100
const idleMs = 1_000
const binarySize = 1_000_000

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
const joined = (bytes: readonly number[], format: (one: number) => string) => bytes.map(format).join(' → ')
const plain = (bytes: number) => bytes.toLocaleString('en')

/** Which part of what was allocated is still there, 0 to 1. */
const shareLeft = ({ start, allocated }: MemoryCurve, bytes: number) => (bytes - start) / (allocated - start)
const percent = (share: number) => `${Math.round(100 * share)} %`

export const memory = defineLab<MemoryRun>({
  name: 'runtime/memory',
  title:
    'what an actor keeps of what it has let go: a model of a process of the BEAM, and a real heap of its own in a worker thread',
  scaled: `The process of the BEAM is a model instead of a process; the worker has ${plain(isolateCount)} strings instead of ${plain(seedCount)}, because its heap has some megabytes to begin with.`,
  predictions: [
    {
      says: `model: ${plain(seedCount)} strings, a clear, ${noops} messages and a collection give the bytes of the text`,
      inText: '2820 → 142,804 → 142,804 → 142,804 → 2820 bytes',
      judge({ model: { start, allocated, cleared, afterNoops, collected } }) {
        const curve = [start, allocated, cleared, afterNoops, collected]
        const text = [2_820, 142_804, 142_804, 142_804, 2_820]
        return exactly(String(curve) === String(text), joined(curve, plain))
      },
    },
    {
      says: 'model: hibernation leaves less than it began with, asked for or after a second without a message',
      inText: '1212 bytes, either way',
      judge: ({ model: { hibernated, hibernatedByItself } }) =>
        exactly(hibernated === 1_212 && hibernatedByItself === 1_212, joined([hibernated, hibernatedByItself], plain)),
    },
    {
      says: 'model: an actor that goes on working needs no help, because its own messages make it collect',
      judge: ({ model, busy }) =>
        exactly(busy.bytes === model.start, `${plain(busy.bytes)} bytes after ${plain(busy.noops)} messages`),
    },
    {
      says: 'model: a large binary is not on the heap, and stays until the heap that refers to it is collected',
      inText: 'binaries above 64 bytes are shared and counted',
      judge({ binary: { heapBytes, clearedBytes, collectedBytes } }) {
        const isOutside = heapBytes < binarySize / 100
        return exactly(
          isOutside && clearedBytes === binarySize && collectedBytes === 0,
          `${plain(clearedBytes)} bytes after it was let go, ${plain(collectedBytes)} after a collection`,
        )
      },
    },
    {
      says: 'model: a major collection after 20 minor ones instead of 65,535 leaves less garbage, and copies more',
      inText: 'default 65,535; the author uses 20',
      judge({ sweeps: { default: rare, after20: often } }) {
        const isLess = often.binaryBytesMax < rare.binaryBytesMax / 2
        return exactly(
          isLess && often.copiedWords > 2 * rare.copiedWords,
          `${percent(often.binaryBytesMax / rare.binaryBytesMax)} of the dead bytes, ${(often.copiedWords / rare.copiedWords).toFixed(1)} times the copying`,
        )
      },
    },
    {
      says: `worker: what was cleared stays, and stays through ${noops} messages`,
      inText: '142,804 bytes after each',
      judge({ isolate }) {
        const shares = [shareLeft(isolate, isolate.cleared), shareLeft(isolate, isolate.afterNoops)]
        return exactly(
          shares.every((share) => share > 0.9),
          `${joined(shares, percent)} of it`,
        )
      },
    },
    {
      says: 'worker: a collection that is asked for frees it',
      inText: 'back to 2820 bytes',
      judge({ isolate }) {
        const share = shareLeft(isolate, isolate.collected)
        return exactly(share < 0.1, `${percent(Math.max(0, share))} of it is left`)
      },
    },
    {
      says: 'worker: hibernation leaves less than it began with, asked for or after a second without a message',
      inText: '1212 bytes, either way',
      judge: ({ isolate: { start, hibernated, hibernatedByItself } }) =>
        exactly(
          Math.max(hibernated, hibernatedByItself) < start,
          `${plain(hibernated)} and ${plain(hibernatedByItself)} bytes of state, instead of an isolate of ${megabytes(start)}`,
        ),
    },
    {
      says: 'worker: it is woken by a message, with the state that it had',
      judge: ({ kept: { given, after } }) => exactly(given === after, `${plain(after)} of ${plain(given)} strings`),
    },
  ],
  async run(tools) {
    tools.say('the model')
    const model = modelCurve()
    const sweeps = { default: sweepCost(), after20: sweepCost(20) }
    tools.say('an actor in a worker thread')
    return { model, busy: busyActor(), binary: binaryOfActor(), sweeps, ...(await inIsolate(tools)) }
  },
  figures: ({ model, isolate, wokenMs, sweeps }) => [
    { what: 'model: bytes after each step', value: joined(Object.values(model), plain) },
    { what: 'worker: heap after each step', value: joined(Object.values(isolate), megabytes) },
    { what: 'worker: a message that wakes it, and starts an isolate', value: duration(wokenMs) },
    ...Object.entries(sweeps).map(([name, { binaryBytesMax, copiedWords }]) => ({
      what: `model, full sweep ${name === 'default' ? 'after 65,535' : 'after 20'}: dead bytes at most, words copied`,
      value: `${plain(binaryBytesMax)}, ${plain(copiedWords)}`,
    })),
  ],
  charts: ({ model, isolate }) => [
    {
      title: 'Memory after each step: allocate, clear, messages, collect, hibernate',
      x: 'step',
      y: 'part of what was allocated',
      marks: 'lines',
      series: [
        { name: 'process of the BEAM (model)', points: pointsOf(model) },
        { name: 'isolate in a worker thread', points: pointsOf(isolate) },
      ],
    },
  ],
})

function pointsOf({ start, allocated, cleared, afterNoops, collected, hibernated }: MemoryCurve) {
  // An isolate begins with megabytes, and a process with two thousand bytes: what was allocated is 1 for both.
  const growth = allocated - start
  return [start, allocated, cleared, afterNoops, collected, hibernated].map(
    (bytes, step) => [step, (bytes - start) / growth] as const,
  )
}

function modelCurve(): MemoryCurve {
  const actor = createBeamActor()
  const start = actor.heap.bytes()
  actor.allocate(seedCount)
  const allocated = actor.heap.bytes()
  actor.clear()
  const cleared = actor.heap.bytes()
  for (let left = noops; left > 0; left -= 1) actor.noop()
  const afterNoops = actor.heap.bytes()
  actor.heap.collect()
  const collected = actor.heap.bytes()
  actor.allocate(seedCount)
  actor.clearAndHibernate()
  const hibernated = actor.heap.bytes()
  return { start, allocated, cleared, afterNoops, collected, hibernated, hibernatedByItself: idleModel() }
}

function idleModel(): number {
  const actor = createBeamActor({ hibernateAfterMs: idleMs })
  actor.allocate(seedCount)
  actor.clear()
  actor.idle(idleMs)
  return actor.heap.bytes()
}

function busyActor() {
  const busyNoops = 1_000
  const actor = createBeamActor()
  actor.allocate(seedCount)
  actor.clear()
  for (let left = busyNoops; left > 0; left -= 1) actor.noop()
  return { bytes: actor.heap.bytes(), noops: busyNoops }
}

function binaryOfActor() {
  const heap = createBeamHeap({ idleWords: 32 })
  const binary = heap.allocateBinary(binarySize)
  const heapBytes = heap.bytes()
  binary.drop()
  const clearedBytes = heap.binaryBytes()
  heap.collect()
  return { heapBytes, clearedBytes, collectedBytes: heap.binaryBytes() }
}

/** An actor with a large state that lasts holds 50 binaries at a time, each for long enough to become old. */
function sweepCost(fullSweepAfter?: number): SweepCost {
  const heap = createBeamHeap({ idleWords: 32, ...(fullSweepAfter !== undefined && { fullSweepAfter }) })
  heap.allocate(8_000)
  const held = []
  let binaryBytesMax = 0
  for (let left = 50_000; left > 0; left -= 1) {
    held.push(heap.allocateBinary(1_000))
    if (held.length > 50) held.shift()!.drop()
    heap.allocate(20).drop()
    binaryBytesMax = Math.max(binaryBytesMax, heap.binaryBytes())
  }
  return { binaryBytesMax, copiedWords: heap.counts().copiedWords }
}

async function inIsolate(tools: LabTools): Promise<Pick<MemoryRun, 'isolate' | 'wokenMs' | 'kept'>> {
  const actor = createIsolateActor(tools)
  try {
    const curve = await curveOf(actor, tools)
    const hibernatedByItself = await hibernatedAfterIdle(tools)
    return { isolate: { ...curve, hibernatedByItself }, ...(await woken(actor, tools.clock)) }
  } finally {
    await actor.end()
  }
}

async function curveOf(actor: IsolateActor, { goOn }: Pick<LabTools, 'goOn'>) {
  await actor.ask('collect')
  const start = await actor.bytes()
  await actor.ask('allocate', isolateCount)
  const allocated = await actor.bytes()
  await actor.ask('clear')
  const cleared = await actor.bytes()
  for (let left = noops; left > 0; left -= 1) await actor.ask('noop')
  const afterNoops = await actor.bytes()
  goOn()
  await actor.ask('collect')
  const collected = await actor.bytes()
  await actor.ask('allocate', isolateCount)
  await actor.ask('clear')
  await actor.hibernate()
  return { start, allocated, cleared, afterNoops, collected, hibernated: await actor.bytes() }
}

async function hibernatedAfterIdle({ clock, until }: LabTools): Promise<number> {
  const actor = createIsolateActor({ clock, hibernateAfterMs: idleMs })
  try {
    await actor.ask('allocate', isolateCount)
    await actor.ask('clear')
    await until(() => actor.hibernated, { what: 'the actor hibernates', withinMs: 30_000 })
    return await actor.bytes()
  } finally {
    await actor.end()
  }
}

async function woken(actor: IsolateActor, clock: Pick<Clock, 'monotonicMs'>) {
  const given = 5
  await actor.ask('allocate', given)
  await actor.hibernate()
  const startedMs = clock.monotonicMs()
  const { lists } = await actor.ask<{ lists: string[][] }>('state')
  return { wokenMs: clock.monotonicMs() - startedMs, kept: { given, after: lists.flat().length } }
}
