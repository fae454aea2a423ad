import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../../harness/platform/ports.ts'

const root = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
const target = join(folder, 'target.json')

async function squall(...words: string[]) {
  const flags = ['run', '--driver', 'remote', '--target', target, '--nodes', '1', '--out', folder, '--json']
  const ended = await promisify(execFile)(join(root, 'squall'), [...flags, ...words]).catch((error) => error)
  return { code: ended.code ?? 0, stderr: ended.stderr, run: ended.stdout ? JSON.parse(ended.stdout) : undefined }
}

/** A server with sockets and channels, and nothing else of Squall: no shop, no control port, no database. */
let server: ChildProcess
beforeAll(async () => {
  const port = await freePort()
  server = spawn(process.execPath, [join(root, 'test/compat/server.ts'), '--port', String(port)], { stdio: 'pipe' })
  await once(server.stdout!, 'data')
  writeFileSync(target, JSON.stringify({ nodes: [{ url: `http://127.0.0.1:${port}` }] }))
})
afterAll(() => {
  server.kill()
  rmSync(folder, { recursive: true, force: true })
})

describe('a system that somebody else has started', { timeout: 60_000 }, () => {
  it('is told the scenarios that need nothing but channels', async () => {
    const { code, run } = await squall('channels/slow-in-parallel')
    expect({ code, outcome: run.outcome, driver: run.driver }).toEqual({ code: 0, outcome: 'passed', driver: 'remote' })
  })

  it('is told no scenario that it cannot hold: skipped with the reason, and nothing is proven', async () => {
    const names = ['store/sell-out', 'channels/half-open', 'channels/connection-dropped']
    const { code, run } = await squall(...names)
    expect({ code, outcome: run.outcome, scenarios: run.scenarios }).toEqual({
      code: 2,
      outcome: 'unknown',
      scenarios: [],
    })
    expect(run.skipped).toEqual([
      { id: 'channels/connection-dropped', why: 'the target gives no control of n1' },
      {
        id: 'channels/half-open',
        why: 'the scenario needs nodes that are started with SOCKET_IDLE_TIMEOUT_MS; the target runs already',
      },
      {
        id: 'store/sell-out',
        why: 'the scenario needs the application store, and the target has none, or no command that puts it back',
      },
    ])
  })

  it.each([
    ['nodes', {}, /target\.json does not describe a target: nodes: /],
    [
      'a store without its database',
      { nodes: [{ url: 'http://127.0.0.1:1' }], apps: { store: { reset: 'true' } } },
      /needs its database/,
    ],
    [
      'an application that nobody knows',
      { nodes: [{ url: 'http://127.0.0.1:1' }], apps: { tea: { reset: 'true' } } },
      /there is no application tea; the harness knows store/,
    ],
    ['an address that is none', { nodes: [{ url: 'n1:4000' }] }, /nodes\.0\.url: expected an http:\/\/ address/],
  ])('must be described: %s', async (_what, description, sentence) => {
    writeFileSync(target, JSON.stringify(description))
    const { code, stderr } = await squall('channels/dedupe')
    expect(code).toBe(64)
    expect(stderr).toMatch(sentence)
  })
})
