import { decodeForm, type FormData, fieldPath } from './form.ts'

/** What a client says that its user did. */
export interface ClientEvent {
  readonly name: string
  readonly value: unknown
  /** The component that it is for; undefined for the page. */
  readonly cid: number | undefined
}

/** Reads the payload of an event; throws a TypeError when it is none. Only the type `form` changes the meaning of the value. */
export function readEvent(payload: unknown): ClientEvent {
  const { type, event, value, cid, meta, uploads } = asObject(payload, 'an event')
  if (typeof event !== 'string') throw new TypeError('an event has no name')
  if (type === undefined || value === undefined) throw new TypeError('an event has no type or no value')
  if (hasMembers(uploads)) throw new TypeError('an event brings uploads, and live pages take none')
  const isForm = type === 'form'
  return { name: event, value: isForm ? readForm(value, meta) : value, cid: readCid(cid) }
}

/** Throws a TypeError on what cannot be the number of a component. */
export function readCid(cid: unknown): number | undefined {
  if (cid === undefined || cid === null || cid === false) return undefined
  if (Number.isInteger(cid)) return cid as number
  throw new TypeError('the number of a component must be an integer')
}

const hasMembers = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length > 0

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
