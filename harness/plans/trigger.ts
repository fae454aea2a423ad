import { z } from 'zod'
import type { HistoryEvent } from '../history/operation.ts'

const howOften = z.number().int().min(1)

/** A point defined by events, not time: n broadcasts received, n actions started, or an operation between two steps (FI-18). */
export const triggerShape = z.union([
  z.object({ after: z.literal('broadcast'), topic: z.string().min(1), count: howOften }),
  z.object({ after: z.literal('op'), name: z.string().min(1), count: howOften }),
  z.object({ between: z.tuple([z.string().min(1), z.string().min(1)]) }),
])
export type Trigger = z.infer<typeof triggerShape>

/** Returns the name of the event that the harness records when it sees an operation wait between its two steps. */
export const seenBetween = ([from, to]: readonly [string, string]) => `between ${from} and ${to}`

/**
 * Returns whether the events so far have passed the point. Broadcasts are counted by the receipts of one participant, which cannot exceed
 * the number of broadcasts. Pure.
 */
export function hasFired(trigger: Trigger, events: readonly HistoryEvent[]): boolean {
  if ('between' in trigger)
    return events.some(({ type, operation }) => type === 'read' && operation === seenBetween(trigger.between))
  if (trigger.after === 'op')
    return (
      events.filter(({ type, operation }) => type === 'invoke' && operation === trigger.name).length >= trigger.count
    )
  return mostHeard(events, trigger.topic) >= trigger.count
}

function mostHeard(events: readonly HistoryEvent[], wanted: string): number {
  const heard = new Map<string, number>()
  for (const { type, who, topic = '' } of events)
    if (type === 'receive' && isTopic(topic, wanted))
      heard.set(`${who} ${topic}`, (heard.get(`${who} ${topic}`) ?? 0) + 1)
  return Math.max(0, ...heard.values())
}

/** `cart:*` matches every topic that starts with `cart:`. */
const isTopic = (topic: string, wanted: string) =>
  wanted.endsWith('*') ? topic.startsWith(wanted.slice(0, -1)) : topic === wanted

/** Describes a trigger for people. */
export function describeTrigger(trigger: Trigger): string {
  if ('between' in trigger) return seenBetween(trigger.between)
  const nth = `${trigger.count}${['th', 'st', 'nd', 'rd'][trigger.count < 4 ? trigger.count : 0]}`
  return trigger.after === 'op' ? `after the ${nth} ${trigger.name}` : `after the ${nth} broadcast on ${trigger.topic}`
}
