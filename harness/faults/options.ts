import { z } from 'zod'
import { nearest } from '../platform/nearest.ts'
import type { FaultOptions } from './fault.ts'

class BadOption extends Error {
  override name = 'BadOption'
}

/** What one says of an option of a fault. */
export interface OptionFact {
  name: string
  /** `a number`, `one of a, b`, `a list of texts`. */
  type: string
  unit?: string
  about?: string
  required: boolean
  default?: unknown
}

/** What options are made of; each has its unit, and `about` says what it is. */
export const milliseconds = (about: string) => z.number().min(0).meta({ unit: 'ms', description: about })
export const positiveMilliseconds = (about: string) => z.number().positive().meta({ unit: 'ms', description: about })
/** Forwards or backwards. */
export const anyMilliseconds = (about: string) => z.number().meta({ unit: 'ms', description: about })
export const percent = (about: string) => z.number().positive().max(100).meta({ unit: '%', description: about })
export const kibibytesPerSecond = (about: string) => z.number().positive().meta({ unit: 'KiB/s', description: about })

export const optionsOf = z.strictObject
export const noOptions = optionsOf({})

interface Property {
  type?: string
  enum?: readonly unknown[]
  const?: unknown
  items?: Property
  unit?: string
  description?: string
  default?: unknown
}

/** All options of a schema, in its order. */
export function factsOf(schema: z.ZodObject): OptionFact[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' })
  return Object.entries(properties as Record<string, Property>).map(([name, property]) => ({
    name,
    type: typeOf(property),
    ...(property.unit !== undefined && { unit: property.unit }),
    ...(property.description !== undefined && { about: property.description }),
    required: required.includes(name),
    ...(property.default !== undefined && { default: property.default }),
  }))
}

function typeOf({ type, enum: values, const: only, items }: Property): string {
  if (values) return `one of ${values.join(', ')}`
  if (only !== undefined) return `"${String(only)}"`
  if (type === 'array') return items?.enum ? `a list of ${items.enum.join(', ')}` : 'a list of texts'
  if (type === 'integer') return 'a number'
  return type === 'string' ? 'a text' : `a ${type}`
}

/** `delayMs (a number in ms)`, `jitterMs (a number in ms, default 0)`. */
const describeOption = (fact: OptionFact): string => `${fact.name} (${typeAndUnit(fact)}${defaultOf(fact)})`

const typeAndUnit = ({ type, unit }: OptionFact) => `${type}${unit === undefined ? '' : ` in ${unit}`}`
function defaultOf({ required, default: value }: OptionFact): string {
  if (required) return ''
  return value === undefined || (Array.isArray(value) && value.length === 0)
    ? ', optional'
    : `, default ${String(value)}`
}

/** All of them, with what each is: `delayMs (a number in ms): how late each answer comes`. */
export const describeOptionsInFull = (facts: readonly OptionFact[]): string[] =>
  facts.map((fact) => [describeOption(fact), ...(fact.about === undefined ? [] : [fact.about])].join(': '))

const describeOptions = (facts: readonly OptionFact[]) =>
  facts.length === 0 ? 'it takes no options' : `its options are ${facts.map(describeOption).join(', ')}`

/** The options with their defaults. Throws BadOption: what was expected, what came, and which options there are. */
export function parseOptions<Schema extends z.ZodObject>(
  kind: string,
  schema: Schema,
  given: FaultOptions,
): z.output<Schema> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const facts = factsOf(schema)
  throw new BadOption(`${kind} ${problemOf(parsed.error.issues[0]!, given, facts)}; ${describeOptions(facts)}`)
}

type Issue = z.core.$ZodIssue

function problemOf(issue: Issue, given: FaultOptions, facts: readonly OptionFact[]): string {
  if (issue.code === 'unrecognized_keys') {
    const [unknown = ''] = issue.keys
    const names = facts.map(({ name }) => name)
    const meant = nearest(unknown, names)
    return `has no option ${unknown}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`
  }
  const [name, ...inside] = issue.path
  const fact = facts.find((one) => one.name === name)
  if (!fact) return issue.message
  if (given[fact.name] === undefined) return `needs the option ${fact.name}, ${typeAndUnit(fact)}, and got none`
  const expected = inside.length === 0 && limitOf(issue)
  return `expects ${fact.name} to be ${expected || typeAndUnit(fact)}, and got ${JSON.stringify(given[fact.name])}`
}

/** What a number broke, if that is what is wrong. */
function limitOf(issue: Issue): string | undefined {
  if (issue.code === 'too_small') return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
  return issue.code === 'too_big' ? `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}` : undefined
}
