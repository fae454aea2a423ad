import { distance } from 'fastest-levenshtein'

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
