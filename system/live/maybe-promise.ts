export type MaybePromise<T> = T | Promise<T>

/** Goes on at once with what is there at once: most handlers do not wait, and then their page need not either. */
export function andThen<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
