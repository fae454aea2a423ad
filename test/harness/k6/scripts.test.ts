import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { loads } from '../../../harness/k6/loads.ts'

interface Ran {
  options: { scenarios: Record<string, { exec?: string }>; thresholds: Record<string, string[]> }
  exported: string[]
  calls: [name: string, ...values: unknown[]][]
}

const folder = 'harness/k6/scripts'
const urls = 'http://n1:4000,http://n2:4000'

/** Carries a script out in a process that has the modules and globals of k6 and no others. */
async function ran(script: string, env: Record<string, string> = {}): Promise<Ran> {
  const args = [resolve('test/fixtures/k6/run-script.ts'), resolve(folder, script)]
  const given = JSON.stringify({ URLS: urls, USERS: '1', ITEMS: '3', ...env })
  const { stdout } = await promisify(execFile)(process.execPath, [...args, given])
  return JSON.parse(stdout) as Ran
}

const called = ({ calls }: Ran, name: string) => calls.filter(([one]) => one === name).map(([, ...values]) => values)

describe('the k6 scripts, without k6', () => {
  it('are those that the list names, and what they share', () => {
    const shared = ['phoenix.js', 'settings.js']
    expect(readdirSync(folder).sort()).toEqual([...Object.values(loads).map(({ script }) => script), ...shared].sort())
  })

  it('release-day: a shopper opens both pages, joins, buys one pair, and judges the page', async () => {
    const day = await ran('release-day.js', { PAIRS: '1', CONTROL_URL: 'http://n1:4001', CONTROL_SECRET: 's' })
    expect(called(day, 'GET').flat()).toEqual([
      ...['http://n1:4000/', 'http://n2:4000/', 'http://n1:4000/', 'http://n1:4000/checkout'],
    ])
    expect(called(day, 'POST').flat().sort()).toEqual([
      ...['http://n1:4000/checkout', 'http://n1:4001/release', 'http://n1:4001/release'],
    ])
    expect(called(day, 'socket')).toEqual([['ws://n1:4000/product_socket/websocket?vsn=2.0.0&_csrf_token=t']])
    expect(called(day, 'check').filter(([, holds]) => !holds)).toEqual([])
    const metrics = called(day, 'metric').map(([name]) => name)
    for (const name of ['release_seen', 'in_cart', 'purchase', 'bought', 'pages_right', 'stayed'])
      expect(metrics).toContain(name)
    expect(called(day, 'metric')).toContainEqual(['pages_right', true])
    // Its heartbeat ends with the socket.
    expect(called(day, 'cleared')).toEqual([['a timer']])
  })

  it('workshop: each endpoint is asked', async () => {
    const { calls, ...rest } = await ran('workshop.js')
    expect(called({ calls, ...rest }, 'GET').flat()).toEqual([
      ...['http://n1:4000/part1/serial', 'http://n1:4000/part1/async', 'http://n1:4000/part2/genstage'],
    ])
  })

  it('say in one sentence that they need addresses', async () => {
    await expect(ran('workshop.js', { URLS: '' })).rejects.toThrow('URLS must name the nodes')
  })

  it('have the thresholds that the documentation names, and no scenario without its function', async () => {
    const documented = [
      ...readFileSync('docs/load.md', 'utf8').matchAll(/^\| `([a-z-]+)` \| `([^`]+)` \| `([^`]+)` \|/gm),
    ]
    for (const { name, script, scriptEnv, usersDefault } of Object.values(loads)) {
      const { options, exported } = await ran(script, { USERS: String(usersDefault), ...scriptEnv?.(usersDefault) })
      const declared = Object.entries(options.thresholds).flatMap(([metric, all]) => all.map((one) => [metric, one]))
      const said = documented.filter(([, one]) => one === name).map(([, , metric, threshold]) => [metric, threshold])
      expect(said, name).toEqual(declared)
      for (const { exec = 'default' } of Object.values(options.scenarios)) expect(exported, script).toContain(exec)
    }
  })
})
