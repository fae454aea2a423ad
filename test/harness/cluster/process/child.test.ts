import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createChild } from '../../../../harness/cluster/process/child.ts'

/** The process group, as Linux says it. */
const groupOf = (pid: number) => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[2])

it.runIf(process.platform === 'linux')(
  'a child is in a process group of its own, which Ctrl-C does not reach',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
    const leases = { holdProcess() {}, releaseProcess() {} }
    const logFile = join(folder, 'log')
    const child = createChild({ what: 'sleep', program: 'sleep', args: ['60'], logFile, leases })
    await child.start()
    const { pid } = child
    const group = groupOf(pid!)
    await child.end('SIGKILL')
    rmSync(folder, { recursive: true })
    expect(group).toBe(pid)
    expect(group).not.toBe(groupOf(process.pid))
  },
)
