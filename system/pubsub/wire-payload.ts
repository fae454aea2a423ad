import { z } from 'zod'

/** A broadcast's payload between nodes. JSON cannot carry bytes: they travel as base64 in a field of their own. */
export const wirePayload = z.object({ payload: z.unknown(), bytes: z.base64().optional() })

export type WirePayload = z.infer<typeof wirePayload>

export const packed = (payload: unknown): WirePayload =>
  payload instanceof Uint8Array ? { payload: null, bytes: Buffer.from(payload).toString('base64') } : { payload }

export const unpacked = ({ payload, bytes }: WirePayload): unknown =>
  bytes === undefined ? payload : Buffer.from(bytes, 'base64')
