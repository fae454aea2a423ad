import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { filesBelow } from '../support/catalogue.ts'

const page = readFileSync('docs/delivery.md', 'utf8')
const sources = filesBelow('system', '.ts')
  .filter((file) => !file.includes('/client/') && file !== 'system/bench.ts')
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')

/** Calls that send, up to the first event that they name; events that a type lists; and those of the protocol. */
const sending = /\b(?:push|tell|\w*[bB]roadcast(?:From)?)\((?:[^'()\n]|\n|\([^()\n]*\))*?'([a-z_]+)'/g
const listed = /\b(?:event|type): ('[a-z_]+'(?: \| '[a-z_]+')+)/g
const protocol = /event: '(phx_[a-z]+)'/g

function eventsSent(text: string): string[] {
  const lists = [...text.matchAll(listed)].flatMap(([, list]) => list!.split(' | ').map((name) => name.slice(1, -1)))
  const named = [sending, protocol].flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name!))
  return [...new Set([...lists, ...named])].sort()
}

/** The events of each row of the table, and what brings them back. */
const rows = [...page.matchAll(/^\| (`[^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, events, , , recovery]) => ({
    events: [...events!.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name!),
    recovery: recovery!.trim(),
  }),
)
const documented = rows.flatMap(({ events }) => events)

describe('the ways of recovery (AM-8, AM-11)', () => {
  it('are said for every event that the system sends', () => {
    expect(eventsSent(sources).filter((event) => !documented.includes(event))).toEqual([])
  })

  it('are said once, and in words', () => {
    expect(documented).toHaveLength(new Set(documented).size)
    expect(rows.filter(({ recovery }) => recovery.length < 10)).toEqual([])
  })

  it('are not said of what nobody sends', () => {
    expect(documented.filter((event) => !sources.includes(`'${event}'`))).toEqual([])
  })

  it('would be missed for an event that is new', () => {
    const fresh = [
      "pubsub.broadcast(\n  topic(1),\n  'brand_new',\n)",
      "self.push('brand_new', {})",
      "event: 'x' | 'brand_new'",
    ]
    for (const text of fresh) expect(eventsSent(text)).toContain('brand_new')
  })
})

describe('what is not promised (AM-7)', () => {
  it('stands where the promises stand', () => {
    expect(page).toContain('Exactly once is not attainable')
    expect(page).toContain('At least once')
  })
})
