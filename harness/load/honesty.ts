import type { StageResult } from './generator.ts'
import { quantileMs } from './latencies.ts'

/** One condition under which a figure may be believed. */
export interface Gate {
  name: string
  passed: boolean
  /** What was measured, and the bound. */
  said: string
}

const achievedLeast = 0.99
const busyMost = 0.7
/** A timer of Node fires up to 1 ms late; a message is sent in the turn after. */
const lagMostMs = 2
/** Above that, this share of the latency that is reported. */
const lagShareMost = 0.1

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const gate = (name: string, passed: boolean, said: string): Gate => ({ name, passed, said })

/**
 * Whether the generator itself kept its schedule in a stage, as far as this percentile of the latency is concerned. When it did not,
 * the figure says something about the generator, and must not be reported. Pure.
 */
export function judgeGenerator(stage: StageResult, share: number): readonly Gate[] {
  const achieved = stage.offered === 0 ? 0 : stage.sentInTime / stage.offered
  return [
    gate(
      'achieved',
      achieved >= achievedLeast,
      `sent ${percent(achieved)} of the offered rate in time, at least ${percent(achievedLeast)}`,
    ),
    gate('event-loop', stage.busy <= busyMost, `event loop ${percent(stage.busy)} busy, at most ${percent(busyMost)}`),
    gate('connections', stage.closed === 0, `${stage.closed} connections closed by the server, at most 0`),
    judgeLag(stage, share),
  ]
}

/** Whether messages left so late that this percentile of the latency is the generator's own. */
export function judgeLag(stage: StageResult, share: number): Gate {
  const lagMs = quantileMs(stage.lag, 0, share)
  const latencyMs = quantileMs(stage.latencies, stage.lost, share)
  const mostMs = Math.max(lagMostMs, Number.isFinite(latencyMs) ? lagShareMost * latencyMs : 0)
  const name = `lag-p${Math.round(100 * share)}`
  return gate(
    name,
    lagMs <= mostMs,
    `p${Math.round(100 * share)} send lag ${lagMs.toFixed(2)} ms, at most ${mostMs.toFixed(2)}`,
  )
}

export const isBelievable = (stage: StageResult, share: number): boolean =>
  judgeGenerator(stage, share).every(({ passed }) => passed)
