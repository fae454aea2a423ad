export type AttemptStatus = 'success' | 'fail'

/** Told of each attempt of a client to connect to a socket and to join a channel, once (PM-9, PM-10, PM-16). Must not throw. */
export interface Attempts {
  connect(socket: string, status: AttemptStatus): void
  join(channel: string, status: AttemptStatus): void
}

export const uncounted: Attempts = { connect() {}, join() {} }
