import { fromJson, isBytes, type Message, toJson } from '../message.ts'
import type { Serializer } from './serializer.ts'

/** Version 1: every message is an object of four keys, plus an optional join_ref from clients. It cannot carry bytes. */
export const v1: Serializer = {
  vsn: '1.0.0',
  encode: ({ topic, event, payload, ref }) => encodeText(topic, event, payload, ref),
  encodeBroadcast: (topic, event, payload) => encodeText(topic, event, payload, null),
  decode: (frame) => decodeText(String(frame)),
}

function encodeText(topic: unknown, event: unknown, payload: unknown, ref: unknown): string {
  if (isBytes(payload)) throw new TypeError('version 1 of the protocol cannot carry bytes')
  return toJson({ topic, event, payload, ref })
}

const keys = ['topic', 'event', 'payload', 'ref'] as const

function decodeText(text: string): Message {
  const message: unknown = fromJson(text)
  const isObject = typeof message === 'object' && message !== null && !Array.isArray(message)
  if (!isObject || keys.some((key) => !Object.hasOwn(message, key)))
    throw new TypeError(`a message of version 1 is an object with ${keys.join(', ')}`)
  const { topic, event, payload, ref, join_ref: joinRef = null } = message as Record<string, unknown>
  return { joinRef, ref, topic, event, payload }
}
