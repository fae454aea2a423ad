/** What a node may use; nothing for what is not looked at. */
export interface Range {
  /** Of one processor: 0.9 for nine tenths of it. */
  cpuMax?: number
  heapMaxBytes?: number
}

export interface Used {
  cpu: number
  heapBytes: number
}

/**
 * Says when a node has used too much for `afterMs` without a break (DP-23). Then the time begins anew, so that what was done about it has
 * time to show. Pure.
 */
export function createRangeWatch({ cpuMax, heapMaxBytes }: Range, afterMs: number) {
  let outSinceMs: number | undefined
  const isOut = ({ cpu, heapBytes }: Used) =>
    (cpuMax !== undefined && cpu > cpuMax) || (heapMaxBytes !== undefined && heapBytes > heapMaxBytes)
  return {
    look(nowMs: number, used: Used): boolean {
      if (!isOut(used)) outSinceMs = undefined
      else outSinceMs ??= nowMs
      if (outSinceMs === undefined || nowMs - outSinceMs < afterMs) return false
      outSinceMs = nowMs
      return true
    },
  }
}
