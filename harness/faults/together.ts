import { type Fault, seen, unseen, type Witness } from './fault.ts'

interface Part {
  target: string
  fault: Fault
}

/** Several faults as one: injected at once, and witnessed when each of them is (FI-7). */
export function together(parts: readonly Part[]): Fault {
  const each = async (work: (fault: Fault) => Promise<void>) =>
    void (await Promise.all(parts.map((one) => work(one.fault))))
  const look = async (ask: (fault: Fault) => Promise<Witness>) =>
    worstOf(await Promise.all(parts.map(async ({ target, fault }) => ({ target, ...(await ask(fault)) }))))
  return {
    inject: () => each((fault) => fault.inject()),
    witnessOn: () => look((fault) => fault.witnessOn()),
    heal: () => each((fault) => fault.heal()),
    witnessOff: () => look((fault) => fault.witnessOff()),
  }
}

function worstOf(found: readonly (Witness & { target: string })[]): Witness {
  const [only] = found
  if (only && found.length === 1) return only.seen ? seen(only.why) : unseen(only.why)
  const missing = found.find((one) => !one.seen)
  if (missing) return unseen(`${missing.target}: ${missing.why}`)
  return seen(found.map(({ target, why }) => `${target}: ${why}`).join('; '))
}
