import { parse } from 'node:querystring'

/** What a client says of itself in the query of its request; a key that comes twice has its last value. */
export type Params = Readonly<Record<string, string>>

/** Not with `URLSearchParams`: it takes a client that connects three times as long, and every client connects. */
export function paramsOf(query: string): Params {
  const params = parse(query)
  for (const key of Object.keys(params)) {
    const value = params[key]
    if (Array.isArray(value)) params[key] = value.at(-1)
  }
  return params as Record<string, string>
}
