import type { Clock } from '../../platform/clock.ts'

/** What an editor leaves beside a file, and what a run writes, is no source. */
const isSource = (name: string) =>
  /\.(tsx?|css|diff|json|sql)$/.test(name) && !/(^|\/)(reports|node_modules)\//.test(name)

/** Collects the names of files that change, and gives them out when nothing has changed for a while. */
export function createChanges(settleMs: number, clock: Clock) {
  const names = new Set<string>()
  let give: ((changed: string[]) => void) | undefined
  let cancel = () => {}
  let isStopped = false

  function settle() {
    cancel()
    if (give && (isStopped || names.size > 0)) cancel = clock.after(isStopped ? 0 : settleMs, giveAll)
  }
  function giveAll() {
    const changed = [...names].sort()
    names.clear()
    give?.(changed)
    give = undefined
  }

  return {
    add(name: string) {
      if (!isSource(name)) return
      names.add(name)
      settle()
    },
    /** Returns what has changed since the last call, as soon as there is something; nothing after `stop`. */
    next: () =>
      new Promise<string[]>((resolve) => {
        give = resolve
        settle()
      }),
    stop() {
      isStopped = true
      settle()
    },
  }
}
