import { z } from 'zod'
import { apiErrors } from './errors.ts'
import type { Attributes } from './toxics/toxic.ts'

/** Accepts what clients in other languages send: keys in any case, null for absent, unknown keys ignored. */
function lenient<Shape extends z.ZodRawShape>(shape: Shape) {
  const tidy = (value: unknown): unknown => {
    if (value === null) return {}
    if (typeof value !== 'object' || Array.isArray(value)) return value
    const entries = Object.entries(value).map(([key, one]) => [key.toLowerCase(), one] as const)
    return Object.fromEntries(entries.filter(([key, one]) => key in shape && one !== null))
  }
  return z.preprocess(tidy, z.object(shape))
}

export const proxySpec = lenient({
  name: z.string().optional(),
  listen: z.string().optional(),
  upstream: z.string().optional(),
  enabled: z.boolean().optional(),
})
export type ProxySpec = z.infer<typeof proxySpec>

export const proxySpecs = z.preprocess((value) => value ?? [], z.array(proxySpec))

export const toxicSpec = lenient({
  name: z.string().optional(),
  type: z.string().optional(),
  stream: z.string().optional(),
  toxicity: z.number().optional(),
  attributes: z.unknown().optional(),
})

/** Parses the attributes that a toxic has: integers, or text where its default is text. */
export function readAttributes(known: Attributes, spec: unknown): Attributes {
  const shapeOf = (value: number | string) => (typeof value === 'string' ? z.string() : z.int()).optional()
  const shape = Object.fromEntries(Object.entries(known).map(([key, value]) => [key, shapeOf(value)]))
  const given: Record<string, number | string | undefined> = read(lenient(shape), spec ?? {}, ['attributes'])
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, number | string] => entry[1] !== undefined),
  )
}

export function read<T>(schema: z.ZodType<T>, value: unknown, place: readonly string[] = []): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw apiErrors.badBody([[...place, ...path].join('.'), message].filter(Boolean).join(': '))
}

/** Returns the first JSON value of a body; anything after it is ignored. */
export function parseBody(text: string): unknown {
  const end = endOfValue(text)
  if (text.trim() === '') throw apiErrors.badBody('EOF')
  if (end === undefined) throw apiErrors.badBody('unexpected EOF')
  try {
    return JSON.parse(text.slice(0, end))
  } catch (error) {
    throw apiErrors.badBody((error as Error).message)
  }
}

/** Returns where the first object or array ends, or undefined when it is not closed. Any other value takes the whole text. */
function endOfValue(text: string): number | undefined {
  if (!/^\s*[[{]/.test(text)) return text.length
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '{' || token === '[') depth += 1
    if (token === '}' || token === ']') depth -= 1
    if (depth === 0) return index + token.length
  }
  return undefined
}
