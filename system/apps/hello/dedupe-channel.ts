import { channel, noreply, ok } from '../../channels/index.ts'

interface Assigns {
  /** Newest first. */
  buffer?: unknown[]
  awaitingBuffer?: boolean
}

const windowMs = 1_000

/** Collects the numbers that are broadcast and pushes each distinct one once per window (CH-128..130, CH-139). */
export const dedupeChannel = channel({
  name: 'DedupeChannel',
  join: () => ok(),
  intercept: ['number'],
  handleOut(_event, payload, { assigns, sendAfter }) {
    const state = assigns as Assigns
    state.buffer = [(payload as { number: unknown }).number, ...(state.buffer ?? [])]
    // A flag instead of a new timer: numbers that come later in a window do not extend it (CH-129).
    if (!state.awaitingBuffer) sendAfter(windowMs, 'flush')
    state.awaitingBuffer = true
    return noreply()
  },
  handleInfo(_message, { assigns, push }) {
    const state = assigns as Assigns
    const oldestFirst = (state.buffer ?? []).toReversed()
    for (const value of new Set(oldestFirst)) push('number', { value })
    state.buffer = []
    state.awaitingBuffer = false
    return noreply()
  },
})
