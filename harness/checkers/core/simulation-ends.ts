import { type Livelock, livelock } from '../../history/livelock.ts'
import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'

/** Nobody goes on for ever: a simulated history whose steps have no end names those who answer each other (DF-58). */
export const simulationEnds: Checker = {
  name: 'simulation-ends',
  invariant:
    'a simulated scenario comes to its end: no two parties answer each other for ever, and none goes on by itself',
  needs: (history) => history.of('read', livelock).length > 0,
  check(history) {
    const stuck = history.of('read', livelock)[0]?.value as Livelock | undefined
    if (!stuck) return history.of('final').length > 0 ? passed('it came to its end') : unknown('nothing was simulated')
    const { parties, turns, steps, forMs, isOneStep } = stuck
    if (parties.length === 0) return unknown(`it had not ended after ${count(steps, 'step')}, and nobody stands out`)
    const [one, other] = parties
    if (isOneStep)
      return violated(`livelock: parts of ${one} answer each other without a pause: its step ${steps} does not end`, {
        stuck,
      })
    const who = other ? `${one} and ${other} answer each other without an end` : `${one} goes on without an end`
    return violated(`livelock: ${who}: ${turns} of ${count(steps, 'step')} within ${Math.round(forMs)} ms`, { stuck })
  },
}
