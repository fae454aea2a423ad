/** Returns how many leading entries satisfy a condition that holds up to some entry and for none after it. O(log n). */
export function leadingCount<T>(list: readonly T[], holds: (entry: T) => boolean): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(list[middle]!)) low = middle + 1
    else high = middle
  }
  return low
}
