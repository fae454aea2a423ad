import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { talkConfig } from '../../system/apps/talk/config.ts'
import { talkPage } from '../../system/apps/talk/page.ts'
import { readConfig } from '../../system/platform/config.ts'

const page = readFileSync('docs/talk.md', 'utf8')
const section = (title: string) => page.split(`\n## ${title}\n`)[1]!.split('\n## ')[0]!
const rowsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('| ')).length - 1

describe('the page on the talk demos', () => {
  it('names every setting, with the default that holds', () => {
    const rows = [...page.matchAll(/^\| `(TALK_\w+)` \| (\d+)/gm)].map(([, name, value]) => [name, Number(value)])
    const config = readConfig({ DATABASE_URL: 'postgres://nowhere' }, [talkConfig]) as Record<string, unknown>
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.keys(talkConfig.variables).map((name) => [name, config[name]])),
    )
  })

  it('has the eight functions of the table before and after, and the five processes (RT-50)', () => {
    expect(rowsOf(section('Before and after'))).toBe(8)
    for (const part of ['Puma', 'Nginx', 'ActionCable', 'Redis', 'Sidekiq', 'Cron', 'Memcached', 'Monit'])
      expect(section('Before and after')).toContain(part)
  })

  it.each([
    ['the five qualities (RT-52)', 'When it pays off', 5],
    ['four kinds of caches (RT-47)', 'Caches compared', 4],
  ])('has %s', (_what, title, rows) => {
    expect(rowsOf(section(title))).toBe(rows)
  })

  it('names the same four drawbacks as the page does (RT-48)', () => {
    const drawbacks = (text: string, mark: RegExp) => [...text.matchAll(mark)].map(([, sentence]) => sentence)
    const shown = drawbacks(talkPage(1_000), /<li>(.*?)<\/li>/g)
    expect(shown).toHaveLength(4)
    expect(drawbacks(section('The same by the browser'), /^- (.*)$/gm)).toEqual(shown)
  })

  it('says what is done again after a loss, and what the downsides are (RT-51, RT-54)', () => {
    expect(section('Jobs: neither twice nor not at all')).toContain('**At least once.**')
    expect(section('Downsides')).toMatch(/live processes[\s\S]+Fewer libraries and services/)
  })
})
