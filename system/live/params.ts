/** Parameters of an address, those of its path and of its query. */
export type Params = Readonly<Record<string, unknown>>
