const topicWord = /^[a-z][a-z_-]{0,23}$/
const harmlessText = /^[A-Za-z][A-Za-z_. -]{0,31}$/
const secretField = /token|secret|password|cookie|session|authorization|cart_?id/i
const depthMax = 4
const entriesMax = 20

/**
 * The name of an actor without what only its owner may know: the topic of a channel may be the key to a cart (CT-18). Of a topic its first
 * word is left, such as `CartChannel:cart:*`. Pure.
 */
export function publicName(name: string): string {
  const [kind, first, ...more] = name.split(':')
  if (first === undefined) return name
  const word = topicWord.test(first) ? first : '*'
  return [kind, word, ...(more.length > 0 ? ['*'] : [])].join(':')
}

/**
 * A value as the inspector shows it: numbers, words and their structure. A field that sounds like a secret, and any text that is not made of
 * words, is only said to be there. Pure.
 */
export function publicValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return harmlessText.test(value) ? value : `text of ${value.length} characters`
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'function') return 'function'
  if (typeof value !== 'object' || value === null) return value
  if (depth >= depthMax) return Array.isArray(value) ? `list of ${value.length}` : 'object'
  return Array.isArray(value) ? publicList(value, depth) : publicObject(value, depth)
}

function publicList(values: readonly unknown[], depth: number): unknown[] {
  const shown = values.slice(0, entriesMax).map((one) => publicValue(one, depth + 1))
  return values.length > entriesMax ? [...shown, `and ${values.length - entriesMax} more`] : shown
}

function publicObject(value: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(value).slice(0, entriesMax)
  return Object.fromEntries(
    entries.map(([name, one]) => [name, secretField.test(name) ? 'not shown' : publicValue(one, depth + 1)]),
  )
}
