/** Words of a program, such as `join` or `pipeline producer`: whatever else a text may be, it is no secret of anybody. */
const plainWord = /^[a-z][a-z_ -]{0,23}$/
const kindFields = ['kind', 'do', 'type'] as const

/** What a message is about, in a word or two, without anything that its sender put in (RT-71). Pure. */
export function messageKind(message: unknown): string {
  if (typeof message === 'string') return plainWord.test(message) ? message : 'text'
  if (typeof message !== 'object' || message === null) return typeof message
  const fields = message as Record<string, unknown>
  for (const field of kindFields) {
    const value = fields[field]
    if (typeof value === 'string' && plainWord.test(value)) return value
  }
  const made: unknown = message.constructor
  return typeof made === 'function' && made !== Object ? made.name : 'object'
}
