import type { Dispatcher, Effects, Subscriber } from './dispatcher.ts'

interface Listener<S, T> {
  subscriber: S
  outstanding: number
  selector: ((item: T) => boolean) | undefined
}

/** The reason for which a second subscription of one consumer is cancelled. */
export const alreadySubscribed = 'already_subscribed'

/** Every consumer gets every item, as many as the slowest of them has asked for. A late one sees later items only. */
export function broadcastDispatcher<S extends Subscriber, T>(): Dispatcher<S, T> {
  /** The newest ask stands first. */
  let listeners: Listener<S, T>[] = []
  /** Asked of the producer and not yet dispatched. */
  let requested = 0

  /** What all of them have asked for. */
  const common = () => (listeners.length > 0 ? Math.min(...listeners.map(({ outstanding }) => outstanding)) : 0)

  function request(): Effects<S, T> {
    const demand = Math.max(0, common() - requested)
    requested += demand
    return { demand }
  }

  function select({ subscriber, selector }: Listener<S, T>, items: readonly T[]) {
    const wanted = selector ? items.filter(selector) : [...items]
    return { to: subscriber, items: wanted, unwanted: items.length - wanted.length }
  }

  return {
    subscribe(subscriber, { selector }) {
      if (listeners.some((other) => other.subscriber.consumer === subscriber.consumer))
        return { refused: alreadySubscribed }
      listeners.unshift({ subscriber, outstanding: 0, selector })
      return { demand: 0 }
    },
    cancel(subscriber) {
      listeners = listeners.filter((other) => other.subscriber !== subscriber)
      return request()
    },
    ask(subscriber, count) {
      const listener = listeners.find((other) => other.subscriber === subscriber)
      if (!listener) return { demand: 0 }
      listener.outstanding += count
      listeners = [listener, ...listeners.filter((other) => other !== listener)]
      return request()
    },
    dispatch(items) {
      const now = items.slice(0, common())
      if (now.length === 0) return { deliveries: [], rest: [...items] }
      requested -= now.length
      for (const listener of listeners) listener.outstanding -= now.length
      const selected = listeners.map((listener) => select(listener, now))
      return {
        deliveries: selected,
        asks: selected
          .filter(({ unwanted }) => unwanted > 0)
          .map(({ to, unwanted }) => ({ from: to, count: unwanted })),
        rest: items.slice(now.length),
      }
    },
  }
}
