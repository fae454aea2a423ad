import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { labs } from '../../harness/lab/labs.ts'
import { workshopConfig } from '../../system/apps/workshop/config.ts'
import { readConfig } from '../../system/platform/config.ts'

const page = readFileSync('docs/workshop.md', 'utf8')
const experiments = readFileSync('docs/experiments.md', 'utf8')

describe('the page on the workshop', () => {
  it('names every setting, with the default that holds', () => {
    const rows = [...page.matchAll(/^\| `(WORKSHOP_\w+)` \| (\d+)/gm)].map(([, name, value]) => [name, Number(value)])
    const config = readConfig({}, [workshopConfig]) as Record<string, unknown>
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.keys(workshopConfig.variables).map((name) => [name, config[name]])),
    )
  })

  it.each([
    ['what MockResource models well, and what badly (MR-5)', /model well, and what badly\?\*\* Well: [\s\S]+\sBadly: /],
    ['what async does to a resource that is a database (MR-12)', /were your database\?\*\* [\s\S]+\sno protection/],
    ['why more consumers do not simply divide the latency (MR-22)', /divide the latency\?\*\* [\s\S]+\sdemand/],
  ])('answers %s', (_question, answer) => {
    expect(page).toMatch(answer)
  })
})

describe('the page on experiments', () => {
  it('has a table for every lab, with all that it predicts (MR-26)', () => {
    const missing = labs.flatMap(({ name, predictions }) => {
      const section = experiments.split(`\n## \`./squall lab ${name}\`\n`)[1]?.split('\n## ')[0] ?? ''
      return predictions.filter(({ says }) => !section.includes(`| ${says} |`)).map(({ says }) => `${name}: ${says}`)
    })
    expect(missing).toEqual([])
  })
})
