import type { Socket } from 'node:net'
import type { Clock } from '../platform/clock.ts'
import type { Attributes, Stage, Toxic } from './toxics/toxic.ts'

export interface ActiveToxic {
  name: string
  kind: Toxic
  attributes: Attributes
  /** Whether chance let it sit in this connection; drawn once for each connection. */
  applies: boolean
  memory: { bytes: number }
}

interface DirectionOptions {
  source: Socket
  target: Socket
  toxics: ActiveToxic[]
  clock: Clock
  random(): number
  count(kind: 'received' | 'sent', bytes: number): void
  close(): void
  reset(): void
}

/** Read ahead at most this much for a toxic that holds data back; then the sender has to wait. */
const aheadBytesMax = 1_048_576

export type Direction = ReturnType<typeof openDirection>

/** One direction of one connection: Source > toxic > toxic > Target. */
export function openDirection(options: DirectionOptions) {
  const { source, target, clock, random, count, close, reset } = options
  let toxics = options.toxics
  const queue: { data: Buffer; arrivedMs: number }[] = []
  const interrupts = new Set<() => void>()
  let aheadBytes = 0
  let working = false
  let ended = false
  let over = false

  function wait(delayMs: number): Promise<void> {
    if (delayMs <= 0 || over) return Promise.resolve()
    return new Promise((resolve) => {
      const finish = () => {
        cancel()
        interrupts.delete(finish)
        resolve()
      }
      const cancel = clock.after(delayMs, finish)
      interrupts.add(finish)
    })
  }

  const stageOf = (toxic: ActiveToxic, arrivedMs: number, next: (chunk: Buffer) => Promise<void>): Stage => ({
    wait,
    random,
    memory: toxic.memory,
    pass: next,
    ageMs: () => clock.monotonicMs() - arrivedMs,
    close: () => whileIn(toxic, close),
    reset: () => whileIn(toxic, reset),
  })

  /** A toxic that was removed while it waited has no say any more. */
  function whileIn(toxic: ActiveToxic, act: () => void) {
    if (toxics.includes(toxic)) act()
  }

  async function write(chunk: Buffer) {
    if (over || target.destroyed || target.writableEnded) return
    count('sent', chunk.length)
    if (!target.write(chunk)) await drained()
  }

  const drained = () =>
    new Promise<void>((resolve) => {
      const done = () => {
        target.off('drain', done)
        target.off('close', done)
        resolve()
      }
      target.once('drain', done)
      target.once('close', done)
    })

  async function through(index: number, chunk: Buffer, arrivedMs: number): Promise<void> {
    const applying = toxics.filter(({ applies, kind }) => applies && kind.pipe)
    const toxic = applying[index]
    if (!toxic) return write(chunk)
    const next = (passed: Buffer) => through(index + 1, passed, arrivedMs)
    await toxic.kind.pipe!(chunk, toxic.attributes, stageOf(toxic, arrivedMs, next))
  }

  async function work() {
    if (working) return
    working = true
    while (queue.length > 0 && !over) {
      const { data, arrivedMs } = queue.shift()!
      await through(0, data, arrivedMs)
      aheadBytes -= data.length
      if (source.isPaused() && aheadBytes < aheadBytesMax) source.resume()
    }
    working = false
    if (ended && !over) await finish()
  }

  async function finish() {
    for (const toxic of toxics.filter(({ applies }) => applies))
      await toxic.kind.beforeEnd?.(
        toxic.attributes,
        stageOf(toxic, clock.monotonicMs(), async () => {}),
      )
    if (!over && !target.destroyed) target.end()
  }

  function begin(toxic: ActiveToxic) {
    if (!toxic.applies) return
    void toxic.kind.begin?.(
      toxic.attributes,
      stageOf(toxic, clock.monotonicMs(), async () => {}),
    )
  }

  source.on('data', (data: Buffer) => {
    count('received', data.length)
    queue.push({ data, arrivedMs: clock.monotonicMs() })
    aheadBytes += data.length
    if (aheadBytes >= aheadBytesMax) source.pause()
    void work()
  })
  source.on('end', () => {
    ended = true
    void work()
  })
  for (const toxic of toxics) begin(toxic)

  return {
    /** The toxics changed: waits end, what was taken is passed on, new ones begin. */
    change(next: ActiveToxic[]) {
      const before = toxics
      toxics = next
      for (const interrupt of [...interrupts]) interrupt()
      const removed = before.filter((one) => one.applies && !next.some(({ name }) => name === one.name))
      if (removed.some(({ kind }) => kind.closesOnRemoval)) return close()
      for (const toxic of next) if (!before.includes(toxic)) begin(toxic)
    },
    end() {
      over = true
      for (const interrupt of [...interrupts]) interrupt()
    },
  }
}
