import { randomBytes } from 'node:crypto'

/** Returns the topic of a new cart. */
export const freshCart = () => `cart:${randomBytes(64).toString('base64').slice(0, 64)}`

/** A cart's id grants access to the cart, so it is removed from reports (CT-18). */
export const withoutCartId = (topic: string): string => topic.replace(/^cart:.*/, 'cart:[id]')
