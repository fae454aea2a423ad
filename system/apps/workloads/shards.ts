import type { Clock } from '../../platform/clock.ts'
import type { ActorRef, Runtime } from '../../runtime/index.ts'
import type { Work, WorkRequest } from './work.ts'

/** One actor for all keys, one for each key, or a fixed number among which keys are spread by their hash (RT-59). */
export const layouts = ['one', 'key', 'hash'] as const

export interface ShardsRequest {
  layout: (typeof layouts)[number]
  /** Of the layout `hash`. */
  shards: number
  keys: number
  /** They call at the same time, each with its next call when the last one was answered. */
  callers: number
  callsEach: number
  /** What a call does in the actor. */
  work: WorkRequest
}

export interface ShardsResult {
  tookMs: number
  latenciesMs: number[]
  mailboxMax: number
  actors: number
}

interface ShardsOptions {
  runtime: Pick<Runtime, 'spawn'>
  clock: Pick<Clock, 'monotonicMs'>
  work: Work
}

const never = new AbortController().signal

/** Lets many callers call actors that share the keys in the given layout; the actors end with the last call. */
export async function callShards(request: ShardsRequest, options: ShardsOptions): Promise<ShardsResult> {
  const { clock } = options
  const actors = startActors(request, options)
  const result = { latenciesMs: [] as number[], mailboxMax: 0 }

  async function caller(index: number) {
    for (let call = 0; call < request.callsEach; call += 1) {
      const actor = actors[((index + call * keyStride) % request.keys) % actors.length]!
      const startedMs = clock.monotonicMs()
      const answer = actor.call(undefined, Number.POSITIVE_INFINITY)
      result.mailboxMax = Math.max(result.mailboxMax, actor.mailboxLength)
      await answer
      result.latenciesMs.push(clock.monotonicMs() - startedMs)
    }
  }

  const startedMs = clock.monotonicMs()
  await Promise.all(Array.from({ length: request.callers }, (_, index) => caller(index)))
  const tookMs = clock.monotonicMs() - startedMs
  for (const actor of actors) actor.kill()
  return { ...result, tookMs, actors: actors.length }
}

/** From one call of a caller to the next: its keys change, and no two callers keep meeting. */
const keyStride = 7

function startActors({ layout, shards, keys, work: request }: ShardsRequest, { runtime, work }: ShardsOptions) {
  const count = { one: 1, key: keys, hash: shards }[layout]
  return Array.from(
    { length: count },
    (): ActorRef<undefined> =>
      runtime.spawn<undefined>({ role: 'shard', takesTurns: true, handle: () => work(request, never) }),
  )
}
