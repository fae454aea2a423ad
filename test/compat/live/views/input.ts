import { inspect } from 'node:util'
import type { Value } from '../../../../system/live/index.ts'

/** What a handler of an event was given; each reader throws on what its handler cannot take, and that ends the view. */
export type Input = Record<string, unknown>

export function objectIn(value: unknown): Input {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Input
  throw new TypeError(`expected an object, got ${inspect(value)}`)
}

export function has(input: Input, name: string): unknown {
  if (Object.hasOwn(input, name)) return input[name]
  throw new TypeError(`${name} is missing`)
}

export function textIn(input: Input, name: string): string {
  const value = has(input, name)
  if (typeof value === 'string') return value
  throw new TypeError(`${name} must be a string`)
}

export function numberIn(input: Input, name: string): number {
  const value = has(input, name)
  if (typeof value === 'number') return value
  throw new TypeError(`${name} must be a number`)
}

export function listIn(input: Input, name: string): readonly unknown[] {
  const value = has(input, name)
  if (Array.isArray(value)) return value
  throw new TypeError(`${name} must be a list`)
}

/** As the recorded application puts a value into a text: none is nothing. */
export function wordOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new TypeError(`expected something that can be a part of a text, got ${inspect(value)}`)
}

/** The integer that a string holds. */
export function integerOf(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text)
  throw new TypeError(`${JSON.stringify(text)} is no integer`)
}

/** In the recorded application only none and false are no: 0 and "" are yes. */
export const isTrue = (value: unknown): boolean => value !== null && value !== undefined && value !== false

/** As a text even false is written out, where templates show nothing. */
export const written = (value: Value): Value => (value === false ? 'false' : value)

export const noSuchEvent = (event: string): never => {
  throw new Error(`there is no event ${JSON.stringify(event.slice(0, 100))}`)
}
