import { type ActorRef, child, type Runtime } from '../../runtime/index.ts'

export interface SeatOrder {
  who: string
  seats: number
}

/** `taken` is false, and nothing has changed, where fewer are left than were asked for. */
export interface SeatAnswer {
  taken: boolean
  left: number
}

/** Seats that many clients take at once. They are the state of one actor, which handles one message after the other: no locks (RT-44). */
export function createSeats({ runtime, total }: { runtime: Runtime; total: number }) {
  let actor: ActorRef<SeatOrder> | undefined
  let left = total
  let orders: SeatOrder[] = []

  function take(order: SeatOrder): SeatAnswer {
    const taken = order.seats <= left
    if (taken) {
      left -= order.seats
      orders.push(order)
    }
    return { taken, left }
  }

  return {
    child: child('seats', async () => {
      left = total
      orders = []
      actor = await runtime.start<SeatOrder>({ name: 'Talk.Seats', role: 'talk-seats', takesTurns: true, handle: take })
      return actor
    }),
    /** Sends a copy: what the sender changes afterwards does not reach the actor (RT-45). Rejects with ActorExited while it is not running. */
    async take(order: SeatOrder): Promise<SeatAnswer> {
      if (!actor) throw new Error('the seats have not been started yet')
      return actor.call<SeatAnswer>(structuredClone(order))
    },
    left: () => left,
    orders: (): readonly SeatOrder[] => orders,
  }
}
