/** The sum of n + n for every n from 1 to `last`: a small computation for the thread that serves (RT-55). */
export function sumOfDoubles(last: number): number {
  let sum = 0
  for (let n = 1; n <= last; n += 1) sum += n + n
  return sum
}
