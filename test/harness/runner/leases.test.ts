import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { auditLeaks, type Lease, type Leases, scopeLeases } from '../../../harness/runner/leases.ts'

/** Leases that are only remembered: no file and no watchdog. */
function fakeLeases() {
  const held: Lease[] = []
  const leases: Leases = {
    holdProcess: (pid, what) => void held.push({ kind: 'process', pid, stamp: undefined, what }),
    releaseProcess: (pid) => {
      const at = held.findIndex((lease) => lease.kind === 'process' && lease.pid === pid)
      if (at !== -1) held.splice(at, 1)
    },
    holdFolder: (path, what) => void held.push({ kind: 'folder', path, what }),
    releaseFolder: () => {},
    holdPort: (port, what) => void held.push({ kind: 'port', port, what }),
    list: () => [...held],
    close: async () => {},
  }
  return leases
}

describe('the leases of one scenario', () => {
  it('are its own, and nobody else\u2019s', () => {
    const all = fakeLeases()
    all.holdPort(1, 'of the run')
    const [one, other] = [scopeLeases(all), scopeLeases(all)]
    one.holdPort(2, 'of one')
    other.holdProcess(3, 'of the other')
    expect(one.own().map(({ what }) => what)).toEqual(['of one'])
    expect(other.own().map(({ what }) => what)).toEqual(['of the other'])
    other.releaseProcess(3)
    expect(other.own()).toEqual([])
    expect(all.list()).toHaveLength(2)
  })

  it('are audited: a port that still answers is left behind, one that does not is fine', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const scoped = scopeLeases(fakeLeases())
    scoped.holdPort(port, 'a port')
    expect(await auditLeaks(scoped.own())).toEqual([`a port: port ${port}`])
    await new Promise((resolve) => server.close(resolve))
    expect(await auditLeaks(scoped.own())).toEqual([])
  })
})
