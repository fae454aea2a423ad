import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { createPostgres, prepareTemplate } from '../../../harness/cluster/process/driver.ts'
import { auditLeaks, endLeases, openLeases } from '../../../harness/leases/leases.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Where Linux keeps what POSIX calls shared memory; empty elsewhere. */
const posixSegments = () => globSync('/dev/shm/PostgreSQL.*')

/** A server that answers, and the segment of shared memory that it holds. */
async function serverWithSegment() {
  const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
  folders.push(folder)
  chmodSync(folder, 0o755)
  const leases = openLeases(basename(folder))
  leases.holdFolder(folder, 'working folder')
  const template = await prepareTemplate(folder, { apps: [], seed: 7, leases })
  const database = await createPostgres(template.binaries, template.folder, join(folder, 'db.log'), leases)
  await database.start()
  const [, segment] = readFileSync(join(template.folder, 'postmaster.pid'), 'utf8').split('\n')[6]!.trim().split(/\s+/)
  return { folder, leases, database, segment: segment! }
}

const segments = () =>
  execFileSync('ipcs', ['-m'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.split(/\s+/)[1])

it('a killed database leaves no shared memory behind, and an audit sees what would be', async () => {
  const before = posixSegments()
  const { database, leases, segment } = await serverWithSegment()
  const held = leases.list().filter(({ kind }) => kind === 'memory')
  expect(segments()).toContain(segment)
  expect(await auditLeaks(held)).toEqual([`database: memory ${segment}`])
  await database.kill()
  expect(segments()).not.toContain(segment)
  expect(await auditLeaks(held)).toEqual([])
  expect(leases.list().some(({ kind }) => kind === 'memory')).toBe(false)
  expect(posixSegments().filter((file) => !before.includes(file))).toEqual([])
  await leases.close()
})

it('nor does one whose harness was killed: whoever ends its leases removes it', async () => {
  const { folder, leases, segment } = await serverWithSegment()
  // What the watchdog finds when the harness has died without a word.
  const file = join(folder, '..', `${basename(folder)}.ndjson`)
  folders.push(file)
  writeFileSync(
    file,
    leases
      .list()
      .map((lease) => `${JSON.stringify({ do: 'hold', lease })}\n`)
      .join(''),
  )
  await endLeases(file)
  expect([segments().includes(segment), existsSync(folder)]).toEqual([false, false])
  await leases.close()
})
