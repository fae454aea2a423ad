/** Names of the `read` events of requests whose every answer is a status. */
export const requestsOf = { asked: 'request', ended: 'request-end' } as const

export interface AskedRequest {
  id: number
  /** As a verdict says it: `a body over the limit`. */
  what: string
  /** Any other status is wrong. */
  status: number
}

export interface RequestEnd {
  id: number
  /** Undefined for a connection that ended instead. */
  status?: number
  error?: string
}
