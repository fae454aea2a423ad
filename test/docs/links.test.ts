import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { filesBelow } from '../support/catalogue.ts'

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesBelow('docs', '.md')]

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const anchorsIn = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!))

const isDead = (page: string, link: string) => {
  const [path = '', anchor] = link.split('#')
  const file = path === '' ? page : join(dirname(page), path)
  return !existsSync(file) || (anchor !== undefined && file.endsWith('.md') && !anchorsIn(file).includes(anchor))
}

it.each(pages)('%s leads nowhere that there is not', (page) => {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!)
  expect(links.filter((link) => !/^[a-z]+:/.test(link) && isDead(page, link))).toEqual([])
})

it('would notice a page and a heading that are gone', () => {
  expect(isDead('README.md', 'docs/tutorials.md')).toBe(true)
  expect(isDead('docs/ci.md', '#days')).toBe(true)
  expect(isDead('docs/ci.md', '#nights')).toBe(false)
})
