import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apps } from '../../../harness/apps/index.ts'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { containerDriver } from '../../../harness/cluster/container/driver.ts'
import { canary } from '../../../harness/faults/canary.ts'
import { faults } from '../../../harness/faults/index.ts'
import { openLeases } from '../../../harness/leases/leases.ts'
import { findDocker, leaseLabel } from '../../../harness/platform/docker.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { until } from '../../../harness/platform/until.ts'

/** Needs a Docker engine and images; `.ci/run` brings both. Elsewhere: SQUALL_TEST_CONTAINERS=on. */
const isWanted = process.env.SQUALL_TEST_CONTAINERS === 'on'
const because = isWanted ? '' : ', skipped: SQUALL_TEST_CONTAINERS is not on'
const root = join(import.meta.dirname, '../../..')
const run = promisify(execFile)

/** Everything of any run of Squall that the engine knows. */
async function ofSquall() {
  const { api } = await findDocker()
  const filters = JSON.stringify({ label: [leaseLabel] })
  const [containers, networks, images] = await Promise.all([
    api.listContainers({ all: true, filters }),
    api.listNetworks({ filters }),
    api.listImages({ filters }),
  ])
  return [...containers, ...networks, ...images].length
}

describe.runIf(isWanted)(`a cluster of containers${because}`, { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
  const leases = openLeases(`container-test-${process.pid}`)
  let cluster: Cluster
  let end = async () => {}

  beforeAll(async () => {
    const ground = await containerDriver({ folder, seed: 1, leases, apps: Object.values(apps) })
    const options = { nodes: 2, folder: join(folder, 'cluster'), leases, random: seededRandom(1) }
    cluster = await ground.start(options)
    end = async () => {
      await cluster.stop()
      await ground.close()
    }
    await Promise.all(cluster.nodes.map((node) => node.ready()))
  }, 240_000)
  afterAll(async () => {
    await end()
    expect(leases.list()).toEqual([])
    await leases.close()
    rmSync(folder, { recursive: true, force: true })
    expect(await ofSquall()).toBe(0)
  }, 60_000)

  /** Name -> the address inside the network of the cluster. */
  const addresses = async () => {
    const { api } = await findDocker()
    const all = await api.listContainers({ filters: JSON.stringify({ label: [leaseLabel] }) })
    return Object.fromEntries(
      all.map(({ Names, NetworkSettings }) => [
        Names[0]!.split('-').at(-1),
        Object.values(NetworkSettings.Networks)[0]!.IPAddress,
      ]),
    )
  }

  const answer = async (name: string) => (await canary(cluster.node(name).port)).answer

  it('serves on loopback only, sees its peers, and keeps its logs', async () => {
    expect(await answer('n1')).toBe('answered')
    const peersUp = async () => Object.values((await cluster.node('n1').control.ready()).peers ?? {}).every(Boolean)
    await until(peersUp, { what: 'n1 sees n2', withinMs: 10_000 })
    expect(cluster.node('n1').log()).toContain('node is up')
    const { api } = await findDocker()
    const published = (await api.listContainers({ filters: JSON.stringify({ label: [leaseLabel] }) })).flatMap(
      ({ Ports }) => Ports.filter(({ PublicPort }) => PublicPort).map(({ IP }) => IP),
    )
    expect(new Set(published)).toEqual(new Set(['127.0.0.1']))
  })

  it.each([
    ['node.kill', 'n1'],
    ['node.stop', 'n1'],
    ['node.pause', 'n1'],
    ['node.disconnect', 'n1'],
    ['db.kill', 'db'],
    ['db.pause', 'db'],
    ['link.cut', 'n1->n2'],
    ['link.cut-one-way', 'n2->n1'],
    ['link.reset', 'n1->db'],
  ] as const)('%s is witnessed, on and off, at the same addresses (FI-2, FI-6, FI-7)', async (kind, target) => {
    const before = [cluster.node('n1').port, cluster.database.url]
    const fault = faults[kind].create(cluster, target, {})
    await fault.inject()
    expect(await fault.witnessOn()).toMatchObject({ seen: true })
    await fault.heal()
    expect(await fault.witnessOff()).toMatchObject({ seen: true })
    expect([cluster.node('n1').port, cluster.database.url]).toEqual(before)
    await cluster.node('n1').ready()
  })

  it('gives nobody else the address of what is down: who calls it must not wait for a stranger (FI-2)', async () => {
    const before = await addresses()
    const { database } = cluster
    await cluster.node('n1').terminate()
    await database.kill()
    await cluster.node('n1').start()
    await database.start()
    await cluster.node('n1').ready()
    expect(await addresses()).toEqual(before)
  })

  it('says with which code a node ended, and in which words it refused to start', async () => {
    const node = await cluster.spare('n9', { LOG_LEVEL: 'loud' })
    await expect(node.start()).rejects.toThrow(/n9 ended with code 64 while it started: LOG_LEVEL is "loud"/)
  })
})

describe.runIf(isWanted)(`a run on containers${because}`, { timeout: 300_000 }, () => {
  const out = mkdtempSync(join(tmpdir(), 'squall-test-'))
  afterAll(() => rmSync(out, { recursive: true, force: true }))
  const flags = ['run', '--driver', 'container', '--out', out]

  it('passes a scenario, with its faults witnessed, and leaves nothing (FI-2)', async () => {
    const { stdout } = await run(join(root, 'squall'), [...flags, '--json', 'store/reconnect-after-1s'])
    const { driver, outcome, leaks } = JSON.parse(stdout)
    expect({ driver, outcome, leaks }).toEqual({ driver: 'container', outcome: 'passed', leaks: [] })
    expect(await ofSquall()).toBe(0)
  })

  it('leaves nothing when it is killed in the middle', async () => {
    const harness = spawn(join(root, 'squall'), [...flags, 'store/reconnect-after-30s'], { stdio: 'ignore' })
    await until(async () => (await ofSquall()) > 6, { what: 'the cluster runs', withinMs: 120_000, everyMs: 200 })
    harness.kill('SIGKILL')
    await until(async () => (await ofSquall()) === 0, { what: 'all of it is gone', withinMs: 20_000, everyMs: 200 })
  })
})

/** Nobody can say to testcontainers that it must not look in the usual place. */
describe.skipIf(existsSync('/var/run/docker.sock'))('without a Docker engine', () => {
  it('says so in one sentence, with the code for a missing environment', async () => {
    const env = { ...process.env, DOCKER_HOST: 'unix:///nowhere/docker.sock', SQUALL_TEST_CONTAINERS: '' }
    const failed = await run(join(root, 'squall'), ['run', '--driver', 'container', 'store/sell-out'], { env }).catch(
      (error) => error,
    )
    expect(failed.code).toBe(69)
    expect(failed.stderr).toMatch(/squall: needs a running Docker engine, but found none; start Docker, .*\n$/)
    expect(failed.stderr).not.toMatch(/\n\s+at /)
  })
})
