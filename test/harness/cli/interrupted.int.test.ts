import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { family } from '../../../harness/leases/processes.ts'
import { until } from '../../../harness/platform/until.ts'

/** A terminal sends Ctrl-C to the whole process group: to the command and to all that it has started in its group. */
describe('Ctrl-C in a terminal', () => {
  it.each([
    ['simulate', ['simulate', '--histories', '10000000', '--seed', '1']],
    ['bench', ['bench', 'fanout', '--rounds', '3']],
    ['compare', ['compare', 'sync-async', '--quick']],
  ])('ends %s with 130', async (_verb, args) => {
    // Without the launcher, whose own set-up would be what is interrupted on a slow machine.
    const child = spawn(process.execPath, [join('harness', 'cli', 'main.ts'), ...args], {
      detached: true,
      stdio: 'ignore',
    })
    const hasChildren = () => family(child.pid!).length > 1
    await until(hasChildren, { what: 'it has started a process', withinMs: 20_000 })
    process.kill(-child.pid!, 'SIGINT')
    const [code] = await once(child, 'exit')
    expect(code).toBe(130)
  })
})
