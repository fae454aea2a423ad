/** How many letters have to change to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}

/** The known word that was probably meant; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const near = (one: string) => (one.includes(word) && word.length > 2 ? 1 : distance(word, one))
  const best = known.map((one) => ({ one, far: near(one) })).sort((a, b) => a.far - b.far)[0]
  return best && best.far <= Math.max(2, Math.floor(word.length / 3)) ? best.one : undefined
}

/** `, did you mean x?` as the end of a sentence, or nothing. */
export function orNearest(word: string, known: readonly string[]): string {
  const meant = nearest(word, known)
  return meant === undefined ? '' : `, did you mean ${meant}?`
}
