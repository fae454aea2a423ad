import type { Clock } from '../../platform/clock.ts'
import type { PubSub } from '../../pubsub/index.ts'
import { internalTopic } from './ping-channel.ts'

interface PingsOptions {
  pubsub: Pick<PubSub, 'localBroadcast'>
  clock: Pick<Clock, 'after'>
  everyMs: number
}

const topics = ['ping', 'other']

/** Sends a numbered ping to the clients of this node on each topic, again and again (RX-6). */
export function createPings({ pubsub, clock, everyMs }: PingsOptions) {
  let cancel = () => {}
  let lastN = 0

  function send() {
    lastN += 1
    for (const topic of topics) pubsub.localBroadcast(internalTopic(topic), 'ping', { n: lastN })
    cancel = clock.after(everyMs, send)
  }

  return {
    start() {
      cancel = clock.after(everyMs, send)
    },
    stop: () => cancel(),
  }
}
