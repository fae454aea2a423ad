export interface RestartBudgetOptions {
  /** More restarts than this within `withinMs` are too many. */
  restartsMax?: number
  /** Counted in whole seconds of the clock, as in OTP. */
  withinMs?: number
}

/** How often children may be restarted before their supervisor gives up (RT-6). The returned function notes one more: is it still allowed? */
export function createRestartBudget({ restartsMax = 3, withinMs = 5_000 }: RestartBudgetOptions) {
  const withinS = Math.floor(withinMs / 1_000)
  let stampsS: number[] = []
  return (nowMs: number): boolean => {
    const nowS = Math.floor(nowMs / 1_000)
    stampsS = [...stampsS.filter((atS) => nowS - atS <= withinS), nowS]
    return stampsS.length <= restartsMax
  }
}
