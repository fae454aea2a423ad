import type { Toxic } from './toxic.ts'

/** Does nothing; useful for trying out the API. */
export const noop: Toxic = { attributes: {} }
