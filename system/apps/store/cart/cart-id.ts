import { randomBytes } from 'node:crypto'

export const cartIdLength = 64

/** The only key to a cart's topic, so nobody can guess it: 64 random bytes in base64, cut to 64 characters (CT-15, CT-18). */
export const generateCartId = (): string => randomBytes(64).toString('base64').slice(0, cartIdLength)

/** Whoever knows a cart's id holds the cart, so no log may (CT-18). */
const inTopics = /cart:[A-Za-z0-9+/]{64}/g
export const withoutCartIds = (line: string): string => line.replace(inTopics, 'cart:[id]')
