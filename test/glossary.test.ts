import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { filesBelow } from './support/catalogue.ts'

/** One concept has one name (docs/glossary.md). Each row is a word that puzzles readers, and the word of the field that replaces it. */
const replacements: readonly [name: string, pattern: RegExp, instead: string][] = [
  ['story', /\bstor(y|ies)\b/i, 'scenario'],
  ['teller', /\btellers?\b/i, 'plan runner'],
  ['told again', /\b(told|tell|tells) (it )?again\b/i, 'reproduced, replayed'],
  ['told to its end', /\btold to its end\b/i, 'completed'],
  ['law', /\blaws?\b/i, 'invariant (what must hold) or checker (the code that judges it)'],
  ['deed', /\bdeeds?\b/i, 'action (of a plan) or effect (of a tampering rule)'],
  ['quirk', /\bquirks?\b/i, 'defect'],
  ['zoo', /\bzoo\b/i, 'defects'],
  ['planted defect', /\bplanted (defect|mistake)/i, 'defect'],
  ['side by side', /\bside by side\b/i, 'in parallel'],
  ['surer', /\bsure(r|st)\b/i, 'amplified, most reproducible'],
  ['premises', /\bpremises\b/i, 'run environment'],
  ['InWords', /[iI]nWords\b/, 'describe...'],
  ['lucky', /\b(un)?lucky\b/i, 'undelayed, delayed'],
  ['proved nothing', /\bproved nothing\b/i, 'inconclusive'],
  ['cast', /\b(Cast|createCast)\b/, 'context'],
  ['Answers', /\/\*\* Answers\b/, 'Returns'],
  ['last saw', /\bnot within \$\{/i, 'timed out after ... waiting for ...'],
]

/** Files that name the words on purpose. */
const exempt = ['test/glossary.test.ts']

const prose = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesBelow('docs', '.md')].filter(
  (file) => !file.startsWith('docs/spec/'),
)
const code = ['system', 'harness', 'scenarios', 'test'].flatMap((folder) => filesBelow(folder, '.ts'))
const files = [...code, ...prose].filter((file) => !exempt.includes(file) && !file.startsWith('test/compat/'))

function findings(text: string, pattern: RegExp): number[] {
  return text.split('\n').flatMap((line, index) => (pattern.test(line) ? [index + 1] : []))
}

describe('the words of the project', () => {
  const texts = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }))

  it.each(replacements)('have no "%s"', (_name, pattern, instead) => {
    const found = texts.flatMap(({ file, text }) =>
      findings(text, pattern).map((line) => `${file}:${line}: say "${instead}"`),
    )
    expect(found).toEqual([])
  })

  it.each(replacements)('would be found with "%s"', (name, pattern) => {
    const samples = {
      'told again': 'it is told again',
      Answers: '/** Answers the count. */',
      'last saw': ['not within $', '{ms}'].join(''),
      cast: 'type Cast',
    }
    expect(findings(`one line\n${(samples as Record<string, string>)[name] ?? name}`, pattern)).toEqual([2])
  })
})
