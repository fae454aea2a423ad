import { type Checker, count, passed, unknown } from '../../verdict/checker.ts'

/** A fault that nobody felt proves nothing, whatever the system did meanwhile. */
export const faultsWitnessed: Checker = {
  name: 'faults-witnessed',
  invariant: 'every fault was seen to hold, and seen to be gone, from outside its own code path',
  check({ faults }) {
    const unseen = faults.find(({ witnessedOnMs }) => witnessedOnMs === null)
    if (unseen) return unknown(`${unseen.kind} on ${unseen.target} did not take hold: ${unseen.witness.on}`, { unseen })
    const lasting = faults.find(({ witnessedOffMs }) => witnessedOffMs === null)
    if (lasting)
      return unknown(`${lasting.kind} on ${lasting.target} was not seen to end: ${lasting.witness.off}`, { lasting })
    return passed(
      faults.length === 0 ? 'no fault was asked for' : `${count(faults.length, 'fault')} witnessed on and off`,
    )
  },
}
