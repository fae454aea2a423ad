const prefix = 'background-'

/** The name of a client or publisher of the background traffic. */
export const backgroundName = (own: string): string => `${prefix}${own}`

export const isBackground = (who: string): boolean => who.startsWith(prefix)
