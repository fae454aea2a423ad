import { type Checker, passed, unknown, violated } from '../../verdict/checker.ts'

/** What a simulated cluster did not come to, though nothing was broken any more. */
interface Never {
  what: string
  withinMs: number
}

/** A simulation has time in plenty: a cluster that is not whole then, without a fault, will never be (RT-12, NF-4). */
export const clusterGetsWell: Checker = {
  name: 'cluster-gets-well',
  invariant: 'a simulated cluster is ready after its start, and again once every fault is healed',
  check(history) {
    if (history.events.length === 0) return unknown('nothing was recorded')
    const [never] = history.of('read', 'never')
    if (!never) return passed('it was ready after its start and in the end')
    const { what, withinMs } = never.value as Never
    return violated(`timed out after ${withinMs} ms waiting for "${what}", with nothing broken`)
  },
}
