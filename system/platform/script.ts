/** A value as JavaScript inside a page: nothing in it can end the script. */
export const toScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')
