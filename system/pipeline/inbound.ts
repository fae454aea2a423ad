import { Fifo } from '../platform/fifo.ts'
import type { ConsumerSide } from './consumer-side.ts'
import type { Subscription } from './contract.ts'
import type { ProducerSide } from './producer-side.ts'
import type { ProducerConsumerSpec } from './stage-spec.ts'

interface InboundParts<In, Out> {
  spec: ProducerConsumerSpec<In, Out>
  produced: ProducerSide<Out>
  consumed: ConsumerSide<In>
  /** The stage ends after the message that it handles now. */
  isEnding(): boolean
}

/** One thing that a middle stage has still to do, once there is demand for what comes of it. */
type Work = () => unknown

/**
 * The queue between the two sides of a middle stage. It asks upstream on its own account, but handles what it got only while there is
 * demand from downstream (PM-29).
 */
export function createInbound<In, Out>({ spec, produced, consumed, isEnding }: InboundParts<In, Out>) {
  const queue = new Fifo<Work>()
  /** Asked for by consumers and not yet dispatched. */
  let open = 0

  function dispatch(items: readonly Out[]) {
    open = Math.max(0, open - produced.dispatch(items))
  }

  function work(): unknown {
    while (open > 0 && queue.length > 0 && !isEnding()) {
      const done = queue.shift()!()
      if (done instanceof Promise) return done.then(work)
    }
  }

  return {
    dispatch,
    demanded(demand: number, asked: number) {
      open += demand
      produced.serveFromBuffer(open + asked - demand, dispatch)
      return work()
    },
    receive(subscription: Subscription, items: In[]) {
      queue.push(() => consumed.receive(subscription, items))
      return work()
    },
    handleBatch(items: In[], subscription: Subscription | undefined): unknown {
      const out = spec.handleItems(items, subscription)
      if (out instanceof Promise) return out.then(dispatch)
      dispatch(out)
    },
    /** The end of a subscription takes effect after the items that came before it. */
    afterItems(run: () => void) {
      if (queue.length === 0) return run()
      queue.push(run)
    },
  }
}
