import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { applications } from '../../system/apps/index.ts'
import { readConfig } from '../../system/platform/config.ts'

const page = readFileSync('docs/deploying.md', 'utf8')
const rows = [...page.matchAll(/^\| (`[^|]+`) \| ([^|]*) \|/gm)].flatMap(([, names, defaults]) => {
  const values = defaults!.trim().split(', ')
  return [...names!.matchAll(/`(\w+)`/g)].map(([, name], index) => ({
    name: name!,
    value: values[index] ?? values[0]!,
  }))
})
const documented = rows.map(({ name }) => name)

/** Read by the entry of a node, before its configuration. */
const ofTheEntry = ['APPS', 'APP_MODULES']

const source = readFileSync('system/platform/config.ts', 'utf8')
const own = [...source.slice(source.indexOf('nodeVariables')).matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => name!)
const ofApps = applications.flatMap((app) => Object.keys(app.config?.variables ?? {}))

describe('the page on running a node', () => {
  it('names every variable, and none that there is not', () => {
    expect(documented.toSorted()).toEqual([...ofTheEntry, ...own, ...ofApps].toSorted())
  })

  it('gives the defaults that hold', () => {
    const parts = applications.flatMap((app) => (app.config ? [app.config] : []))
    const config = readConfig({ DATABASE_URL: 'postgres://x' }, parts as never) as Record<string, unknown>
    const shown = (value: unknown) => `\`${typeof value === 'boolean' ? (value ? 'on' : 'off') : value}\``
    const plain = rows.filter(
      ({ name }) => ['string', 'number', 'boolean'].includes(typeof config[name]) && name !== 'DATABASE_URL',
    )
    expect(plain.length).toBeGreaterThan(15)
    expect(plain.map(({ name, value }) => [name, value])).toEqual(plain.map(({ name }) => [name, shown(config[name])]))
  })
})
