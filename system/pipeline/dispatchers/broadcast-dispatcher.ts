import type { Dispatcher, Effects, Subscriber } from './dispatcher.ts'

interface Listener<S, T> {
  subscriber: S
  /** Beyond what all have in common; below zero for one that came later than the others asked. */
  surplus: number
  selector: ((item: T) => boolean) | undefined
}

/** Every consumer gets every item, as many as the slowest of them has asked for. A late one sees later items only. */
export function broadcastDispatcher<S extends Subscriber, T>(): Dispatcher<S, T> {
  /** The newest ask stands first. */
  let listeners: Listener<S, T>[] = []
  /** Asked for by all and not yet dispatched. */
  let waiting = 0

  function raiseCommon(): Effects<S, T> {
    const common = Math.max(0, Math.min(...listeners.map(({ surplus }) => surplus)))
    for (const listener of listeners) listener.surplus -= common
    waiting += common
    return { demand: common }
  }

  function select({ subscriber, selector }: Listener<S, T>, items: readonly T[]) {
    const wanted = selector ? items.filter(selector) : [...items]
    return { to: subscriber, items: wanted, unwanted: items.length - wanted.length }
  }

  return {
    subscribe(subscriber, { selector }) {
      if (listeners.some((other) => other.subscriber.consumer === subscriber.consumer))
        return { refused: 'already_subscribed' }
      listeners.unshift({ subscriber, surplus: -waiting, selector })
      return { demand: 0 }
    },
    cancel(subscriber) {
      listeners = listeners.filter((other) => other.subscriber !== subscriber)
      if (listeners.length > 0) return raiseCommon()
      waiting = 0
      return { demand: 0 }
    },
    ask(subscriber, count) {
      const listener = listeners.find((other) => other.subscriber === subscriber)
      if (!listener) return { demand: 0 }
      listener.surplus += count
      listeners = [listener, ...listeners.filter((other) => other !== listener)]
      return raiseCommon()
    },
    dispatch(items) {
      const now = items.slice(0, waiting)
      if (now.length === 0) return { deliveries: [], rest: [...items] }
      waiting -= now.length
      const selected = listeners.map((listener) => select(listener, now))
      return {
        deliveries: selected.filter(({ items: wanted }) => wanted.length > 0),
        asks: selected
          .filter(({ unwanted }) => unwanted > 0)
          .map(({ to, unwanted }) => ({ from: to, count: unwanted })),
        rest: items.slice(now.length),
      }
    },
  }
}
