const prefix = 'background-'

/** The name of a client or publisher of the background traffic. */
export const backgroundName = (own: string): string => `${prefix}${own}`

export const isBackground = (who: string): boolean => who.startsWith(prefix)

/** The operation of a join that crashes and must be answered. */
export const crashingJoin = 'crashing join'
