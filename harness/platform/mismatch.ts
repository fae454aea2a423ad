/** Two values that a report shows as a diff. */
export interface Compared {
  expected: unknown
  seen: unknown
}

/** What was seen is not what was expected. The message is a sentence for people; the values are what it is about. */
export class Mismatch extends Error {
  override name = 'Mismatch'
  readonly compared: Compared

  constructor(sentence: string, compared: Compared) {
    super(sentence)
    this.compared = compared
  }
}

/** Returns the values that an error compares; nothing for any other error. */
export const comparedBy = (error: unknown): Partial<Compared> => (error instanceof Mismatch ? error.compared : {})
