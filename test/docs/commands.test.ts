import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parsed } from '../../harness/cli/program.ts'
import { loadAll } from '../../harness/runner/scenario-files.ts'
import { suites } from '../../harness/runner/suites.ts'
import { quietIo, squall } from '../harness/cli/support.ts'

/** Every command of README and docs is parsed by the program itself, and those that need no cluster are run. */
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') && name !== 'reference.md' ? [`docs/${name}`] : [])),
]

interface Shown {
  page: string
  text: string
}

/** In code, in a line of a block with or without a prompt. What follows a pipe or a comment is not ours. */
const shown: Shown[] = pages.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/(?:`|^\s*(?:\$ |- |run: )?)\.\/squall ([^`\n]+)/gm)].map(([, text]) => ({
    page,
    text: text!
      .replace(/\\\|.*$/, '')
      .split(/ [#|>&] ?| {2,}/)[0]!
      .trim(),
  })),
)

/** What a reader fills in, by what stands for it. */
const fillIns: readonly [RegExp, string][] = [
  [/\[(--[^\]]*)\]/g, '$1'],
  [/\[[^\]]*\]/g, ''],
  [/<(?:run|folder|verb|that file)>/g, 'latest'],
  [/<id>/g, 'store/sell-out'],
  [/<name>/g, 'mine'],
  [/<kind>/g, 'fault'],
  [/<shell>/g, 'bash'],
  [/\bGROUP\/NAME\b/g, 'mine/first'],
  [/\b(?:DIR\.\.\.|DIR|FILE|GLOB|FILTER|NAME)(?=\s|$)/g, 'system'],
  [/(?<=--[a-z-]+ )[NS]\b/g, '1'],
  [/\bDF-nnn\b/g, 'DF-2'],
]
const filled = (text: string) => fillIns.reduce((line, [pattern, value]) => line.replaceAll(pattern, value), text)
const wordsOf = (text: string) =>
  [...filled(text).matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare!)

const io = quietIo()

/** `./squall run` in a sentence is the name of the command, and its arguments may be missing. */
const isAlone = (words: readonly string[]) => words.length === 1

describe('the commands of the documentation', () => {
  it('are found', () => expect(shown.length).toBeGreaterThan(100))

  it.each(shown)('$page: ./squall $text', async ({ text }) => {
    const words = wordsOf(text)
    if (words.includes('--help') || words[0] === 'latest') return
    const { command, names } = await parsed(isAlone(words) ? [...words, ...missingArgument(words[0]!)] : words, io)
    if (command.name === 'run') for (const name of names) expect(await isKnown(name), name).toBe(true)
  })
})

const arguments_: Readonly<Record<string, readonly string[]>> = {
  ...{ replay: ['latest'], check: ['latest'], report: ['latest'], shrink: ['latest'], merge: ['a'] },
  ...{ completion: ['bash'], new: ['scenario', 'mine/first'] },
}
const missingArgument = (verb: string) => arguments_[verb] ?? []

/** A suite, a scenario, a group of them, or a file of the reader. */
async function isKnown(name: string): Promise<boolean> {
  const all = await loadAll(io.root)
  return (
    name.endsWith('.ts') ||
    Object.hasOwn(suites, name) ||
    /^(own|mine|foreign|poll)\//.test(name) ||
    all.some(({ id }) => id === name || id.startsWith(`${name}/`))
  )
}

/** They start nothing, and end at once. */
const light = ['list', 'completion']
const runnable = shown.filter(({ text }) => light.includes(wordsOf(text)[0]!) && !text.includes('pairs'))

describe('those that start nothing', () => {
  it.each(runnable)('$page: ./squall $text', async ({ text }) => {
    const words = wordsOf(text)
    const { code, out } = await squall(words[0] === 'completion' && isAlone(words) ? ['completion', 'bash'] : words)
    expect(code).toBe(0)
    expect(out.length).toBeGreaterThan(100)
  })
})
