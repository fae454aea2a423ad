import type { Clock } from '../platform/clock.ts'
import type { PubSubAdapter, RemoteMessage } from './adapter.ts'

/** What happens to messages of other nodes on their way in (FI-8, FI-9). */
export interface TamperRule {
  /** Topics that begin with one of these. */
  topics: readonly string[]
  effect: 'drop' | 'delay' | 'duplicate' | 'reorder'
  /** How long `delay` holds a message, and `reorder` at most. */
  delayMs: number
}

export interface TamperedAdapter extends PubSubAdapter {
  /** Takes the place of all rules before; none lets everything through. */
  tamper(rules: readonly TamperRule[]): void
}

/** The same adapter, with a hand on what it receives. */
export function tampered(adapter: PubSubAdapter, clock: Pick<Clock, 'after'>): TamperedAdapter {
  let tamperedCount = 0
  let rules: readonly TamperRule[] = []
  let deliver: (message: RemoteMessage) => void = () => {}
  /** By topic, the message that lets the next one go first. */
  const held = new Map<string, RemoteMessage>()

  function release(topic: string) {
    const message = held.get(topic)
    held.delete(topic)
    if (message) deliver(message)
  }

  const effects: Record<TamperRule['effect'], (message: RemoteMessage, delayMs: number) => void> = {
    drop: () => {},
    delay: (message, delayMs) => void clock.after(delayMs, () => deliver(message)),
    duplicate(message) {
      deliver(message)
      deliver(message)
    },
    reorder(message, delayMs) {
      const { topic } = message
      if (held.has(topic)) {
        deliver(message)
        return release(topic)
      }
      held.set(topic, message)
      clock.after(delayMs, () => release(topic))
    },
  }

  function receive(message: RemoteMessage) {
    const rule = rules.find(({ topics }) => topics.some((prefix) => message.topic.startsWith(prefix)))
    if (!rule) return deliver(message)
    tamperedCount += 1
    effects[rule.effect](message, rule.delayMs)
  }

  return {
    ...adapter,
    get counters() {
      return { ...adapter.counters, tampered: tamperedCount }
    },
    start(onRemote) {
      deliver = onRemote
      return adapter.start(receive)
    },
    tamper(next) {
      rules = next
    },
  }
}
