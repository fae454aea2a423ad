import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAlive } from '../../../harness/leases/processes.ts'
import type { StopSignal } from '../../../harness/platform/interruption.ts'
import { squall } from './support.ts'

/** Against a running system that is no shop, with a program that stands in for k6: neither starts a cluster. */
const fake = resolve('test/fixtures/k6/fake-k6.sh')
let folder = ''
let target = ''
let server: Server
let url = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
  server = createServer((_request, answer) => answer.end('here'))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  target = targetOf(url)
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

function targetOf(address: string): string {
  const file = join(folder, `${new URL(address).port}.json`)
  const control = { url: 'http://127.0.0.1:9', secret: 'quiet' }
  writeFileSync(file, JSON.stringify({ nodes: [{ url: address, control }] }))
  return file
}

const withFake = (end: string, more: Record<string, string> = {}) => ({
  env: { PATH: process.env.PATH, SQUALL_K6: fake, FAKE_K6: end, ...more },
})
const load = (end: string, words: readonly string[] = []) =>
  squall(['load', 'workshop', '--target', target, ...words], withFake(end))

describe('load judges what k6 measured', () => {
  it('0 when every threshold is kept, one sentence each', async () => {
    const { code, out } = await load('kept')
    expect(code).toBe(0)
    expect(out).toMatch(/^workshop passed: 50 users, \d+\.\d s\n {2}✓ http_req_duration p\(95\)<500: was 120.5\n$/)
  })

  it('1 when one is crossed', async () => {
    const { code, out } = await load('crossed')
    expect(code).toBe(1)
    expect(out.split('\n').slice(1)).toEqual([
      '  ✗ http_req_duration p(95)<100: was 120.5',
      '  ✓ http_req_duration p(95)<500: was 120.5',
      '',
    ])
  })

  it('2 when the script has no thresholds', async () => {
    const { code, out } = await load('unjudged')
    expect([code, out.split('\n')[0]]).toEqual([2, expect.stringContaining('; the script has no thresholds')])
  })

  it('2 with the reason when the script fails', async () => {
    const { code, out } = await load('script-fails')
    expect([code, out]).toEqual([2, expect.stringMatching(/; the script failed: Error: boom "here"\n$/)])
  })

  it('64 when k6 refuses the options', async () => {
    const { code, err } = await load('bad-options')
    expect([code, err]).toEqual([64, expect.stringContaining('k6 refuses the options of the script: vus is too low\n')])
  })

  it('one document with --json, and nothing else on stdout', async () => {
    const { code, out } = await load('crossed', ['--json', '--users', '7'])
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({
      load: 'workshop',
      users: 7,
      outcome: 'violated',
      tookMs: expect.any(Number),
      thresholds: [
        { metric: 'http_req_duration', requirement: 'p(95)<100', isKept: false, measured: 120.5 },
        { metric: 'http_req_duration', requirement: 'p(95)<500', isKept: true, measured: 120.5 },
      ],
      metrics: { http_req_duration: { 'p(95)': 120.5 } },
    })
  })

  it('tells the script where the nodes are, how many users come, and how a product is released', async () => {
    const seen = join(folder, 'seen')
    const words = ['load', 'release-day', '--target', target, '--users', '9']
    expect((await squall(words, withFake('kept', { FAKE_K6_SEEN: seen }))).code).toBe(0)
    expect(readFileSync(seen, 'utf8')).toBe(`${url} 9 quiet`)
  })
})

describe('what cannot be loaded ends with one sentence', () => {
  it('64 for an unknown load', async () => {
    const { code, err } = await squall(['load', 'workshp'])
    expect([code, err]).toEqual([
      64,
      'squall: there is no load workshp, did you mean workshop?; there are release-day, workshop\n',
    ])
  })

  it('64 for no users, and for too many', async () => {
    const none = await squall(['load', 'workshop', '--users', '0'])
    expect([none.code, none.err]).toEqual([64, 'squall: --users takes a whole number from 1 to 20000; got "0"\n'])
    const many = await squall(['load', 'workshop', '--users', '1001'])
    expect([many.code, many.err]).toEqual([64, 'squall: --users of workshop takes at most 1000; got "1001"\n'])
  })

  it('69 without k6, before anything is started', async () => {
    const { code, err } = await squall(['load', 'workshop'], { env: { PATH: '' } })
    expect([code, err]).toEqual([69, expect.stringMatching(/^squall: needs k6, .*\n$/)])
  })

  it('64 for a target that is no file', async () => {
    const { code, err } = await squall(['load', 'workshop', '--target', 'nowhere.json'], withFake('kept'))
    expect([code, err]).toEqual([64, expect.stringContaining('nowhere.json')])
  })

  it('69 for a target that is down', async () => {
    const gone = createServer()
    await new Promise<void>((listening) => gone.listen(0, '127.0.0.1', listening))
    const address = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`
    await new Promise((closed) => gone.close(closed))
    const { code, err } = await squall(['load', 'workshop', '--target', targetOf(address)], withFake('kept'))
    expect([code, err]).toEqual([
      69,
      `squall: the target's ${address} does not answer; start it, or correct its address in the file of --target\n`,
    ])
  })
})

describe('Ctrl-C', () => {
  it.each(['hangs', 'deaf'])('ends k6, which %s, with 130', async (end) => {
    const pidFile = join(folder, `${end}.pid`)
    let stop: ((signal: StopSignal) => void) | undefined
    let by: StopSignal | undefined
    const interruption = {
      by: () => by,
      onStop(listener: (signal: StopSignal) => void) {
        stop = listener
      },
    }
    const ending = squall(['load', 'workshop', '--target', target], {
      ...withFake(end, { FAKE_K6_PID: pidFile }),
      interruption,
    })
    await expect.poll(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n')).toBe(true)
    by = 'SIGINT'
    stop!('SIGINT')
    const { code, out } = await ending
    expect([code, out]).toEqual([130, ''])
    expect(isAlive(Number(readFileSync(pidFile, 'utf8')))).toBe(false)
  })
})

it('load without a name lists the scripts', async () => {
  const { code, out } = await squall(['load'])
  expect([code, out.split('\n').map((line) => line.split(' ')[0])]).toEqual([0, ['release-day', 'workshop', '']])
})
