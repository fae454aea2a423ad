/** What a handler of an event says to the hook or form that sent it. */
export interface Reply {
  readonly kind: 'reply'
  readonly payload: Readonly<Record<string, unknown>>
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler that says nothing may end with the call of another function that returns nothing.
export type HandlerReply = Reply | undefined | void

/** Replies to the event that is being handled. */
export function reply(payload: Readonly<Record<string, unknown>>): Reply {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    throw new TypeError(`a reply must be an object, but this one is ${JSON.stringify(payload)}`)
  return { kind: 'reply', payload }
}

/** Throws a TypeError on what means nothing. */
export function checkedReply(result: unknown): Reply | undefined {
  if (result === undefined) return undefined
  if (typeof result === 'object' && result !== null && (result as Reply).kind === 'reply') return result as Reply
  throw new TypeError('a handler must return nothing or reply({ ... })')
}
