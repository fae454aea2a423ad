import type { Clock } from '../../../system/platform/clock.ts'
import type { Machine } from './machine.ts'
import type { Network } from './network.ts'

export interface Answer {
  status: number
  body?: unknown
}

/** How a request ended: an answer, or none because nobody was there, the connection broke or nothing came in time. */
export type Response = ({ kind: 'answered' } & Answer) | { kind: 'refused' } | { kind: 'broken' } | { kind: 'silent' }

/** Returns requests at an address, each on a connection of its own. */
export function serveRequests(
  network: Network,
  address: string,
  machine: Machine,
  answer: (request: never) => Promise<Answer>,
) {
  return network.listen(address, machine, (end) => {
    end.onMessage = (text) =>
      void answer(JSON.parse(text) as never).then((answered) => {
        end.send(JSON.stringify(answered))
      })
    end.accept()
  })
}

interface Asking {
  network: Network
  clock: Clock
  from: string
  /** Such as `n1:http`. */
  address: string
  withinMs: number
}

export function ask({ network, clock, from, address, withinMs }: Asking, request: object): Promise<Response> {
  return new Promise((resolve) => {
    const end = network.connect(from, address)
    const finish = (response: Response) => {
      cancel()
      resolve(response)
      end.close(1000)
    }
    const cancel = clock.after(withinMs, () => finish({ kind: 'silent' }))
    end.onOpen = () => end.send(JSON.stringify(request))
    end.onMessage = (text) => finish({ kind: 'answered', ...(JSON.parse(text) as Answer) })
    end.onClose = () => finish({ kind: end.isOpen ? 'broken' : 'refused' })
  })
}
