import type { Clock } from '../platform/clock.ts'
import type { PubSubAdapter, RemoteMessage } from './adapter.ts'

/** A fault injected into messages received from other nodes (FI-8, FI-9). */
export interface TamperRule {
  /** Prefixes of the topics it applies to. */
  topics: readonly string[]
  effect: 'drop' | 'delay' | 'duplicate' | 'reorder'
  /** How long `delay` delays a message, and the most that `reorder` does. */
  delayMs: number
}

export interface TamperedAdapter extends PubSubAdapter {
  /** Replaces all rules; an empty list removes them. */
  tamper(rules: readonly TamperRule[]): void
}

/** The same adapter, with rules for what happens to the messages that it receives. */
export function tampered(adapter: PubSubAdapter, clock: Pick<Clock, 'after'>): TamperedAdapter {
  let tamperedCount = 0
  let rules: readonly TamperRule[] = []
  let deliver: (message: RemoteMessage) => void = () => {}
  /** Topic -> the message that waits until the next one has overtaken it. */
  const overtaken = new Map<string, RemoteMessage>()

  function deliverOvertaken(topic: string) {
    const message = overtaken.get(topic)
    overtaken.delete(topic)
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
      if (overtaken.has(topic)) {
        deliver(message)
        return deliverOvertaken(topic)
      }
      overtaken.set(topic, message)
      clock.after(delayMs, () => deliverOvertaken(topic))
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
