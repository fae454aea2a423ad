import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from '../../harness/cluster/cluster.ts'
import type { FaultDefinition } from '../../harness/faults/define-fault.ts'
import type { Stage, Toxic } from '../../harness/toxiproxy/toxics/toxic.ts'

/** Takes the examples out of the pages, and runs them. */
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The code that a page gives for a file, as a module; what it imports is that of the project. */
async function exampleOf(page: string, file: string): Promise<Record<string, unknown>> {
  const [, after = ''] = readFileSync(page, 'utf8').split(`\`\`\`ts\n// ${file}\n`)
  const [code = ''] = after.split('```')
  const absolute = code.replaceAll(
    /from '(\.{1,2}\/[^']+)'/g,
    (_, path) => `from '${join(process.cwd(), dirname(file), path)}'`,
  )
  const written = join(folder, basename(file))
  writeFileSync(written, absolute)
  return import(written)
}

describe('docs/adding-a-fault.md', () => {
  /** A database that does what it is told, or nothing. */
  function clusterOf({ isDeaf = false } = {}): Cluster {
    let level = 'read committed'
    const query = async (sql: string) => {
      const [, wanted] = /default_transaction_isolation = (.*)$/.exec(sql) ?? []
      if (wanted && !isDeaf) level = wanted === 'default' ? 'read committed' : wanted.replaceAll("'", '')
      return [{ level }]
    }
    return { database: { query } } as unknown as Cluster
  }

  it('shows a fault that is witnessed on and off, and not where nothing happens', async () => {
    const { dbIsolation } = await exampleOf('docs/adding-a-fault.md', 'harness/faults/db-isolation.ts')
    const definition = dbIsolation as FaultDefinition
    const fault = definition.create(clusterOf(), 'db', {})
    await fault.inject()
    expect(await fault.witnessOn()).toEqual({ seen: true, why: 'a session runs at serializable' })
    await fault.heal()
    expect(await fault.witnessOff()).toEqual({ seen: true, why: 'a session runs at read committed' })
    expect(await definition.create(clusterOf({ isDeaf: true }), 'db', {}).witnessOn()).toMatchObject({ seen: false })
    expect(() => definition.checkOptions({ level: 'chaos' })).toThrow('one of repeatable read, serializable')
  })
})

describe('docs/adding-a-toxic.md', () => {
  it('shows a toxic that changes a byte, and loses none', async () => {
    const { garble } = await exampleOf('docs/adding-a-toxic.md', 'harness/toxiproxy/toxics/garble.ts')
    const passed: Buffer[] = []
    const stage = { random: () => 0.5, pass: async (data: Buffer) => void passed.push(data) } as unknown as Stage
    const data = Buffer.from('abcd')
    for (const percent of [100, 0]) await (garble as Toxic).pipe!({ data, readMs: 0 }, { percent }, stage)
    expect(passed.map(String)).toEqual(['abbd', 'abcd'])
  })
})
