import type { AnyActorRef } from './actor.ts'

/** Ties two actors: when one ends, the other gets an exit signal with the reason. Returns what unties them. */
export function link(one: AnyActorRef, other: AnyActorRef): () => void {
  let forget: (() => void)[] = []
  let linked = true
  const unlink = () => {
    linked = false
    for (const cancel of forget) cancel()
  }
  const passOn = (from: AnyActorRef, to: AnyActorRef) =>
    from.onExit((reason) => {
      unlink()
      to.signal(reason, from)
    })
  forget = [passOn(one, other), passOn(other, one)]
  if (!linked) unlink()
  return unlink
}
