import { channel, noreply, ok } from '../../channels/index.ts'

interface Assigns {
  /** Newest first. */
  buffer?: unknown[]
  awaitingBuffer?: boolean
}

interface DedupeOptions {
  windowMs?: number
  quirks?: { newestFirst?: boolean; manyFlushes?: boolean }
}

/** Collects the numbers that are broadcast and pushes each distinct one once per window (CH-128..130, CH-139). */
export const dedupeChannel = ({ windowMs = 1_000, quirks = {} }: DedupeOptions = {}) =>
  channel({
    name: 'DedupeChannel',
    join: () => ok(),
    intercept: ['number'],
    handleOut(_event, payload, { assigns, sendAfter }) {
      const state = assigns as Assigns
      state.buffer = [(payload as { number: unknown }).number, ...(state.buffer ?? [])]
      // A flag and no restart of the timer: numbers that come later in a window do not extend it (CH-129).
      if (!state.awaitingBuffer || quirks.manyFlushes) sendAfter(windowMs, 'flush')
      state.awaitingBuffer = true
      return noreply()
    },
    handleInfo(_message, { assigns, push }) {
      const state = assigns as Assigns
      const buffer = state.buffer ?? []
      const ordered = quirks.newestFirst ? buffer : [...buffer].reverse()
      for (const value of new Set(ordered)) push('number', { value })
      if (!quirks.manyFlushes) state.buffer = []
      state.awaitingBuffer = false
      return noreply()
    },
  })
