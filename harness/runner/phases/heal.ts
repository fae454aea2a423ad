import type { Phase } from '../run-state.ts'

/** Heals every fault that a step left behind. */
export const heal: Phase = {
  name: 'heal',
  always: true,
  run: async ({ nemesis }) => nemesis?.close(),
}
