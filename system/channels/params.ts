/** What a client says of itself in the query of its request; a key that comes twice has its last value. */
export type Params = Readonly<Record<string, string>>

export const paramsOf = (query: string): Params => Object.fromEntries(new URLSearchParams(query))
