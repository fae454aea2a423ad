import type { Clock } from '../../../system/platform/clock.ts'
import type { Random } from '../../../system/platform/random.ts'
import type { Network } from './network.ts'

interface Options {
  network: Network
  clock: Clock
  random: Random
  nodes: readonly string[]
}

const gapMs = [200, 900] as const
/** From before the join is handled until after the first changes of the channel were told to other nodes. */
const stayMaxMs = 60
const cartIdLength = 64

/** Clients that join and are gone at once, often while their join is still handled: nothing of them may stay (CH-63, PA-10). */
export function createPassersBy({ network, clock, random, nodes }: Options) {
  let isOver = false
  let count = 0

  function passBy() {
    count += 1
    const [path, topic] = random.pick([
      ['/product_socket', `cart:${String(count).padStart(cartIdLength, 'p')}`],
      ['/socket', 'ping'],
    ] as const)
    const end = network.connect(`passer-${count}`, `${random.pick(nodes)}:web`, `${path}/websocket?vsn=2.0.0`)
    end.onOpen = () => {
      end.send(JSON.stringify(['1', '1', topic, 'phx_join', { serialized: 'no.token' }]))
      clock.after(random.integer(0, stayMaxMs), () => end.close(1000))
    }
  }

  return {
    async start() {
      while (!isOver) {
        passBy()
        await clock.sleep(random.integer(...gapMs))
      }
    },
    stop() {
      isOver = true
    },
  }
}
