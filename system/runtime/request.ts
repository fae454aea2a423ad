import type { ActorRef } from './actor.ts'

/**
 * Runs work in the turn of a supervisor's actor and returns its result. Rejects with the error of the work, which is the answer to whoever
 * asked and no failure of the supervisor.
 */
export async function request<T>(actor: Pick<ActorRef<() => unknown>, 'call'>, work: () => Promise<T>): Promise<T> {
  const outcome = await actor.call<{ value: T } | { error: unknown }>(
    () =>
      work().then(
        (value) => ({ value }),
        (error) => ({ error }),
      ),
    Number.POSITIVE_INFINITY,
  )
  if ('error' in outcome) throw outcome.error
  return outcome.value
}
