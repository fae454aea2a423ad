/** What a form or a query holds: texts, lists and objects of them. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue }
export type FormData = Record<string, FormValue>

/**
 * Decodes urlencoded text: `a[b]=1` is an object, `a[]=1` a list, a name without `=` is "", of values of the same name the last
 * counts, and a bad percent sequence stays as it is. Throws a RangeError on bytes that are no text.
 */
export function decodeForm(text: string): FormData {
  const form = emptyForm()
  // From the last to the first: what is there already has been said later.
  for (const pair of text.split('&').reverse()) if (pair !== '') assignPair(form, pair)
  return inOrder(form) as FormData
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

/** No prototype: a field may be called `constructor` or `__proto__`. */
const emptyForm = (): FormData => Object.create(null) as FormData

const isForm = (value: FormValue | undefined): value is { [name: string]: FormValue } =>
  typeof value === 'object' && !Array.isArray(value)

function assignPair(form: FormData, pair: string) {
  const at = pair.indexOf('=')
  const name = decodeText(at === -1 ? pair : pair.slice(0, at))
  const value = at === -1 ? '' : decodeText(pair.slice(at + 1))
  if (!name.endsWith(']') || !name.includes('[')) return assignOnce(form, name, value)
  const [first = '', ...rest] = splitOnce(name.slice(0, -1), '[')
  form[first] = nested(form[first], rest[0] ?? '', value)
}

function assignOnce(form: { [name: string]: FormValue }, name: string, value: FormValue) {
  if (!Object.hasOwn(form, name)) form[name] = value
}

/** The value of a name whose further keys are `rest`, such as `b][c` or nothing for a list. */
function nested(current: FormValue | undefined, rest: string, value: string): FormValue {
  const [key = '', further] = splitOnce(rest, '][')
  if (key === '') return inList(current, further, value)
  if (Array.isArray(current)) return current
  const form = isForm(current) ? current : emptyForm()
  if (further === undefined) assignOnce(form, key, value)
  else form[key] = nested(form[key], further, value)
  return form
}

/** Lists are collected from the end. */
function inList(current: FormValue | undefined, further: string | undefined, value: string): FormValue {
  if (current !== undefined && !Array.isArray(current)) return current
  const entry = further === undefined ? value : nested(undefined, further, value)
  return [...(current ?? []), entry]
}

/** In the order in which it was sent. */
function inOrder(value: FormValue): FormValue {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.reverse().map(inOrder)
  return Object.entries(value)
    .reverse()
    .reduce((form, [name, inner]) => Object.assign(form, { [name]: inOrder(inner) }), emptyForm())
}

function splitOnce(text: string, mark: string): string[] {
  const at = text.indexOf(mark)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + mark.length)]
}

function decodeText(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return spaced.replace(/(%[0-9a-fA-F]{2})+/g, (encoded) => decodeURIComponent(encoded))
  } catch {
    throw new RangeError('a form holds bytes that are no UTF-8 text')
  }
}
