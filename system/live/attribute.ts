import { escapeHtml } from './escape.ts'
import { type AttributeBag, Commands } from './value.ts'

/** An attribute with its leading blank; nothing for null, undefined and false, and the bare name for true. */
export function renderAttribute(name: string, value: unknown): string {
  if (value === null || value === undefined || value === false) return ''
  if (value === true) return ` ${name}`
  const text = attributeText(name, value)
  return text === '' && name === 'class' ? '' : ` ${name}="${escapeHtml(text)}"`
}

/** Attributes in the order of their bag. */
export function renderBag(bag: unknown): string {
  if (bag === null || bag === undefined || bag === false) return ''
  if (typeof bag !== 'object' || Array.isArray(bag) || bag instanceof Commands)
    throw new TypeError(`a slot among attributes takes an object of attributes, but this one is ${describe(bag)}`)
  return Object.entries(bag as AttributeBag)
    .map(([name, value]) => renderAttribute(checkedName(name), value))
    .join('')
}

/** What stands between the quotes of an attribute. A list is joined with blanks, without its empty members. */
export function renderQuoted(value: unknown): string {
  if (value === null || value === undefined || value === false) return ''
  return escapeHtml(attributeText('class', value))
}

function attributeText(name: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Commands) return JSON.stringify(value.list)
  if (Array.isArray(value) && name === 'class') return classNames(value).join(' ')
  throw new TypeError(`the attribute ${name} cannot be ${describe(value)}; give it a string or a number`)
}

const classNames = (list: readonly unknown[]): string[] =>
  list.flatMap((one) => (Array.isArray(one) ? classNames(one) : one ? [String(one)] : []))

function checkedName(name: string): string {
  if (/^[^\s"'<>/=]+$/.test(name)) return name
  throw new TypeError(`${JSON.stringify(name)} is no name of an attribute`)
}

export const describe = (value: unknown): string =>
  typeof value === 'function' ? 'a function' : (JSON.stringify(value)?.slice(0, 60) ?? String(value))
