import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type Lease, type Leases, scopeLeases } from '../../../harness/leases/leases.ts'

/** Leases that are only remembered: no file and no watchdog. */
function fakeLeases() {
  const held: Lease[] = []
  const release = (fits: (lease: Lease) => boolean) => {
    const at = held.findIndex(fits)
    if (at !== -1) held.splice(at, 1)
  }
  const leases: Leases = {
    holdProcess: (pid, what) => void held.push({ kind: 'process', pid, stamp: undefined, what }),
    releaseProcess: (pid) => release((lease) => lease.kind === 'process' && lease.pid === pid),
    holdFolder: (path, what) => void held.push({ kind: 'folder', path, what }),
    releaseFolder: () => {},
    holdPort: (port, what) => void held.push({ kind: 'port', port, what }),
    releasePort: (port) => release((lease) => lease.kind === 'port' && lease.port === port),
    holdMemory: (id, what) => void held.push({ kind: 'memory', id, what }),
    releaseMemory: (id) => release((lease) => lease.kind === 'memory' && lease.id === id),
    holdContainers: (label) => void held.push({ kind: 'containers', label, dockerHost: undefined, what: 'containers' }),
    releaseContainers: (label) => release((lease) => lease.kind === 'containers' && lease.label === label),
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
    expect(await scoped.settle()).toEqual([`a port: port ${port}`])
    expect(scoped.own()).toHaveLength(1)
    await new Promise((resolve) => server.close(resolve))
    expect(await scoped.settle()).toEqual([])
    // Another run may have it from now on: it is no business of this one any more.
    expect(scoped.own()).toEqual([])
  })
})
