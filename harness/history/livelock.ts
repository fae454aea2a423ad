/** The name of the `read` event of a simulation that did not come to an end. */
export const livelock = 'livelock'

export interface Livelock {
  /** Those that go on: two that answer each other, or one by itself. Empty when nobody stands out. */
  parties: readonly string[]
  /** How many of the steps were theirs. */
  turns: number
  steps: number
  /** The last step itself does not end: promises lead to each other, and nothing else has a turn. */
  isOneStep?: true
  /** The simulated time that passed meanwhile. */
  forMs: number
}
