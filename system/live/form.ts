/** What a form or a query holds: texts, lists and objects of them. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue }
export type FormData = Record<string, FormValue>

/** Undefined for a member of a list. */
type FieldKey = string | undefined

/** One object or list, as it was said. */
interface Level {
  readonly entries: { readonly key: FieldKey; readonly value: string | Level }[]
  /** Those of its values that have an inner life. */
  readonly inner: Map<FieldKey, Level>
}

/**
 * Decodes urlencoded text: `a[b]=1` is an object, `a[]=1` a list, a name without `=` is "", of values of the same name the last
 * counts, and a bad percent sequence stays as it is. Throws a RangeError on bytes that are no text and on names without end.
 */
export function decodeForm(text: string): FormData {
  const root = emptyLevel()
  for (const pair of text.split('&')) if (pair !== '') addPair(root, pair)
  return objectOf(root)
}

/** The keys that a field's name stands for: `a[b][c]` is a, b, c. */
export function fieldPath(name: string): string[] {
  const path: string[] = []
  let value: FormValue | undefined = decodeForm(name)
  while (typeof value === 'object') {
    const [entry]: [string, FormValue][] = Array.isArray(value)
      ? Object.entries(value).slice(0, 1)
      : Object.entries(value)
    if (entry && !Array.isArray(value)) path.push(entry[0])
    value = entry?.[1]
  }
  return path
}

/** Deeper than any form: a name of a megabyte of brackets would keep the node busy. */
const keysMax = 100

const emptyLevel = (): Level => ({ entries: [], inner: new Map() })

function addPair(root: Level, pair: string) {
  const at = pair.indexOf('=')
  const keys = keysOf(decodeText(at === -1 ? pair : pair.slice(0, at)))
  const value = at === -1 ? '' : decodeText(pair.slice(at + 1))
  keys
    .slice(0, -1)
    .reduce(innerLevel, root)
    .entries.push({ key: keys.at(-1), value })
}

/** What is known stays in the place where it was said first. */
function innerLevel(level: Level, key: FieldKey): Level {
  const known = level.inner.get(key)
  if (known) return known
  const fresh = emptyLevel()
  level.inner.set(key, fresh)
  level.entries.push({ key, value: fresh })
  return fresh
}

/** `a[b][]` is a, b in it, and a member of the list in that. A name that begins with its bracket, or does not end with one, is one key. */
function keysOf(name: string): FieldKey[] {
  const at = name.indexOf('[')
  if (at < 1 || !name.endsWith(']')) return [name]
  const inner = name.slice(at + 1, -1).split('][', keysMax + 1)
  if (inner.length > keysMax) throw new RangeError(`the name of a field has more than ${keysMax} keys`)
  return [name.slice(0, at), ...inner.map((key) => (key === '' ? undefined : key))]
}

/** What was said last decides whether it is an object or a list; what fits the other one is left out. */
const finished = (level: Level): FormValue =>
  level.entries.at(-1)?.key === undefined ? listOf(level) : objectOf(level)

const finishedValue = (value: string | Level): FormValue => (typeof value === 'string' ? value : finished(value))

const listOf = ({ entries }: Level): FormValue[] =>
  entries.flatMap(({ key, value }) => (key === undefined ? [finishedValue(value)] : []))

/** No prototype: a field may be called `constructor` or `__proto__`. */
function objectOf({ entries }: Level): FormData {
  const form = Object.create(null) as FormData
  for (const { key, value } of entries) if (key !== undefined) form[key] = finishedValue(value)
  return form
}

function decodeText(text: string): string {
  if (!/[%+]/.test(text)) return text
  const spaced = text.replaceAll('+', ' ')
  try {
    return spaced.replace(/(%[0-9a-fA-F]{2})+/g, (encoded) => decodeURIComponent(encoded))
  } catch {
    throw new RangeError('a form holds bytes that are no UTF-8 text')
  }
}
