import { decodeForm, type FormData, fieldPath } from './form.ts'

/** What a client says that its user did. */
export interface ClientEvent {
  readonly name: string
  readonly value: unknown
  /** The component that it is for; undefined for the page. */
  readonly cid: unknown
}

/** Reads the payload of an event; throws a TypeError when it is none. Only the type `form` changes the meaning of the value. */
export function readEvent(payload: unknown): ClientEvent {
  const { type, event, value, cid, meta } = asObject(payload, 'an event')
  if (typeof event !== 'string') throw new TypeError('an event has no name')
  if (type === undefined || value === undefined) throw new TypeError('an event has no type or no value')
  const isForm = type === 'form'
  return { name: event, value: isForm ? readForm(value, meta) : value, cid: cid ?? undefined }
}

function readForm(value: unknown, meta: unknown): Record<string, unknown> {
  if (typeof value !== 'string') throw new TypeError('the value of a form must be urlencoded text')
  const form: Record<string, unknown> & FormData = decodeForm(value)
  if (meta !== undefined && meta !== null) Object.assign(form, asObject(meta, 'the meta of a form'))
  const { _target: target } = form as Record<string, unknown>
  if (typeof target === 'string') form._target = fieldPath(target)
  return form
}

export function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new TypeError(`${what} must be an object`)
}
