import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Routes beside the actions, with a door of their own for browsers, which cannot send the secret in a header. */
export interface ControlPages {
  /** Whether a request without the secret may pass. */
  admits(request: FastifyRequest): boolean
  register(control: FastifyInstance): void
}
