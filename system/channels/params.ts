/** The query of a client's request; of a repeated key the last value. */
export type Params = Readonly<Record<string, string>>

export const paramsOf = (query: string): Params => Object.fromEntries(new URLSearchParams(query))
