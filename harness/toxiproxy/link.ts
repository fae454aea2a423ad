import type { Socket } from 'node:net'
import type { Clock } from '../platform/clock.ts'
import { type ActiveToxic, openStage, type Step, type ToxicStage } from './stage.ts'

interface LinkOptions {
  source: Socket
  target: Socket
  toxics: readonly ActiveToxic[]
  clock: Clock
  random(): number
  count(kind: 'received' | 'sent', bytes: number): void
  /** Closes the connection in both directions after all written data has been sent. */
  close(): void
  reset(): void
}

export type Link = ReturnType<typeof openLink>

/** One direction of one connection: source > toxic > toxic > target. New toxics are appended. */
export function openLink({ source, target, toxics, clock, random, count, close, reset }: LinkOptions) {
  const stages: ToxicStage[] = []
  /** Excludes the stages of removed toxics, which stay in the chain until they are empty. */
  const inForce = new Map<string, ToxicStage>()
  let closedByToxic = false

  const sink: Step = {
    accept({ data }) {
      if (target.destroyed || target.writableEnded) return undefined
      count('sent', data.length)
      return target.write(data) ? undefined : drained(target)
    },
    end: () => (closedByToxic ? close() : target.end()),
  }

  function add(toxic: ActiveToxic) {
    const stage: ToxicStage = openStage({
      toxic,
      clock,
      random,
      reset,
      next: () => stages[stages.indexOf(stage) + 1] ?? sink,
      closing: () => {
        closedByToxic = true
      },
      unlink: () => {
        stages.splice(stages.indexOf(stage), 1)
      },
    })
    stages.push(stage)
    inForce.set(toxic.name, stage)
  }

  const first = () => stages[0] ?? sink

  source.on('data', (data: Buffer) => {
    count('received', data.length)
    const full = first().accept({ data, readMs: clock.monotonicMs() })
    if (!full) return
    source.pause()
    void full.then(() => source.resume())
  })
  source.on('end', () => first().end())
  for (const toxic of toxics) add(toxic)

  return {
    add,
    change: (toxic: ActiveToxic) => inForce.get(toxic.name)?.change(toxic),
    remove(name: string) {
      inForce.get(name)?.retire()
      inForce.delete(name)
    },
    abandon() {
      for (const stage of stages) stage.abandon()
    },
  }
}

function drained(target: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      target.off('drain', done)
      target.off('close', done)
      resolve()
    }
    target.once('drain', done)
    target.once('close', done)
  })
}
