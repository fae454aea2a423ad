import { z } from 'zod'
import { ActionRefused, controlAction } from '../../../control/action.ts'
import { InvalidItem, type Producer } from '../../../pipeline/index.ts'

const pushBody = z.strictObject({
  item: z.unknown(),
  /** The time from the push to the delivery is measured, and the worker does not wait. */
  timed: z.boolean().default(false),
  /** How many items at once; their data is numbered `n` from `first`. */
  count: z.number().int().positive().max(100_000).optional(),
  first: z.number().int().default(1),
})

/** `POST /pipeline/push {"item": {"data": {}, "user_id": 1}, "timed": true, "count": 50}` on the control port (PM-31, PM-47). */
export const pushAction = ({ push, pushTimed }: Pick<Producer, 'push' | 'pushTimed'>) =>
  controlAction(
    ['/pipeline/push', 'Pushes items into the pipeline.'],
    pushBody,
    async ({ item, timed, count, first }) => {
      const items = count === undefined ? [item] : numbered(item, count, first)
      try {
        for (const one of items) await (timed ? pushTimed(one) : push(one))
      } catch (error) {
        if (error instanceof InvalidItem) throw new ActionRefused(400, error.message)
        throw error
      }
      return { ok: true, pushedCount: items.length }
    },
  )

function numbered(item: unknown, count: number, first: number): unknown[] {
  const { data, ...rest } = Object(item) as { data?: unknown }
  const isObject = typeof item === 'object' && item !== null
  return Array.from({ length: count }, (_, index) =>
    isObject ? { ...rest, data: { ...Object(data), n: first + index } } : item,
  )
}
