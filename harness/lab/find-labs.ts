import { UsageError } from '../platform/errors.ts'
import { orNearest } from '../platform/nearest.ts'
import type { AnyLab } from './lab.ts'

const shortOf = ({ name }: Pick<AnyLab, 'name'>) => name.split('/')[1]!
const groupOf = ({ name }: Pick<AnyLab, 'name'>) => name.split('/')[0]!

/**
 * The labs that are meant by these words: `workshop/queue`, `queue` where only one group has it, `workshop queue`, or `workshop` for all of
 * its labs. Throws UsageError for a word that means none.
 */
export function findLabs(words: readonly string[], labs: readonly AnyLab[]): AnyLab[] {
  const found: AnyLab[] = []
  for (let index = 0; index < words.length; index += 1) {
    const [word, next] = [words[index]!, words[index + 1]]
    const pair = labs.find(({ name }) => name === `${word}/${next}`)
    if (pair) index += 1
    found.push(...(pair ? [pair] : meantBy(word, labs)))
  }
  return [...new Set(found)]
}

function meantBy(word: string, labs: readonly AnyLab[]): AnyLab[] {
  const exact = labs.filter(({ name }) => name === word)
  const ofGroup = labs.filter((lab) => groupOf(lab) === word)
  const short = labs.filter((lab) => shortOf(lab) === word)
  const meant = [exact, ofGroup, short].find((some) => some.length > 0)
  if (!meant) throw new UsageError(`there is no lab ${word}${orNearest(word, wordsOf(labs))}; "squall lab" lists them`)
  if (meant === short && short.length > 1)
    throw new UsageError(`${word} may be ${short.map(({ name }) => name).join(' or ')}; say which`)
  return meant
}

const wordsOf = (labs: readonly AnyLab[]) => labs.flatMap((lab) => [shortOf(lab), lab.name, groupOf(lab)])
