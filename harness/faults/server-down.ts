import { systemClock } from '../platform/clock.ts'
import { type Fault, seen, unseen, witnessWithin } from './fault.ts'

const goneWithinMs = 3_000
const backWithinMs = 15_000

interface Server {
  start(): Promise<void>
  kill(): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
}

/** A request of the harness's own to the server, direct and not through a link. */
export interface Probe {
  /** Such as `a direct query`. */
  what: string
  ask(): Promise<unknown>
}

/** SIGKILL, healed by a new start. */
export const killServer = (server: Server, probe: Probe): Fault => ({
  ...witnessedBy(probe),
  inject: () => server.kill(),
  heal: () => server.start(),
})

/** SIGSTOP, healed by SIGCONT. */
export const pauseServer = (server: Server, probe: Probe): Fault => ({
  ...witnessedBy(probe),
  inject: () => server.pause(),
  heal: () => server.resume(),
})

function witnessedBy({ what, ask }: Probe): Pick<Fault, 'witnessOn' | 'witnessOff'> {
  const witness = (withinMs: number, expected: 'answered' | 'failing') =>
    witnessWithin(
      withinMs,
      async () => {
        const failure = await ask().then(
          () => undefined,
          (error: Error) => error.message || error.name,
        )
        const said = failure === undefined ? `${what} is answered` : `${what} fails: ${failure}`
        return (failure === undefined) === (expected === 'answered') ? seen(said) : unseen(said)
      },
      systemClock,
    )
  return {
    witnessOn: () => witness(goneWithinMs, 'failing'),
    witnessOff: () => witness(backWithinMs, 'answered'),
  }
}
