/** Messages of one kind that a node has sent to other nodes; the same shape as `system/pubsub/sent.ts` returns. */
export interface Sent {
  messages: number
  bytes: number
  /** How many topics they were about. */
  topics: number
}

/** By the first part of the topic; heartbeats are `beat`, notices that messages were lost are `up`. */
export type SentByKind = Readonly<Record<string, Sent>>

/** The name of the `read` event with what a node had sent before the first step. */
export const sentBefore = 'node-sent'
