import { join } from 'node:path'
import { defineApp } from '../app.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type Generator, openGenerator } from '../load/generator.ts'
import type { Address } from '../load/worker-messages.ts'
import { EnvironmentMissing } from '../platform/errors.ts'
import { seededRandom } from '../platform/random.ts'
import type { RunEnvironment } from '../runner/run-environment.ts'
import type { Arm, Traffic } from './comparison.ts'

/** The application that both arms serve. It is part of no scenario. */
export const workloadsApp = defineApp({
  name: 'workloads',
  databaseVariable: 'WORKLOADS_DATABASE_URL',
  open: () => ({ members: {} }),
})

/** The same variables for every node; clients that only listen are not idle. */
const nodeEnv = { APPS: 'workloads', WORKLOADS: 'on', LOG_LEVEL: 'error', SOCKET_IDLE_TIMEOUT_MS: '3600000' }
const workSocket = '/work_socket'

/** One arm that runs, with the generator connected to it. */
export interface ArmSystem {
  generator: Generator
  /** Another generator on the same nodes. */
  connect(connections: number): Promise<Generator>
  /** Absent when somebody else has started the system. */
  cluster?: Cluster
}

export interface ArmTools {
  /** Not needed for arms that run already. */
  environment?: RunEnvironment
  threads: number
  /** Called with whatever must end at once when somebody interrupts. */
  onInterrupt(end: () => void): void
}

let startedCount = 0

/** Starts fresh nodes for an arm, connects the generator, and always ends both. */
export async function withArm<T>(
  arm: Arm,
  traffic: Pick<Traffic, 'mode' | 'connections'>,
  tools: ArmTools,
  work: (system: ArmSystem) => Promise<T>,
): Promise<T> {
  const cluster = arm.addresses ? undefined : await startArm(arm, tools.environment!)
  const generators: Generator[] = []
  const addresses = arm.addresses ?? cluster!.nodes.map(({ port }) => ({ host: '127.0.0.1', port }))

  async function connect(connections: number) {
    const topic = arm.topic ?? (traffic.mode === 'broadcast' ? 'work:all' : 'work:#')
    const generator = await connectTo(arm, addresses, { connections, topic, threads: tools.threads })
    generators.push(generator)
    return generator
  }

  try {
    const generator = await connect(traffic.connections)
    tools.onInterrupt(() => void Promise.all(generators.map((one) => one.close())))
    return await work({ generator, connect, ...(cluster && { cluster }) })
  } finally {
    await Promise.all(generators.map((one) => one.close()))
    await cluster?.stop()
  }
}

interface Connecting {
  connections: number
  topic: string
  threads: number
}

function connectTo(
  { name, version, socketPath = workSocket }: Arm,
  addresses: readonly Address[],
  connecting: Connecting,
): Promise<Generator> {
  return openGenerator({ ...connecting, addresses, socketPath, version }).catch((error: Error) => {
    throw new EnvironmentMissing(`the arm ${name} cannot be reached: ${error.message}`)
  })
}

async function startArm({ name, nodes, pubsub, env, patch }: Arm, environment: RunEnvironment): Promise<Cluster> {
  startedCount += 1
  const folder = join(environment.workFolder, `arm-${startedCount}`)
  const { clusters, leases } = environment
  const own = { nodes, pubsub, env: { ...nodeEnv, ...env }, ...(patch && { patch }) }
  const options = { ...own, folder, leases, random: seededRandom(startedCount) }
  const cluster = await clusters.start(options).catch((error: Error) => {
    throw new EnvironmentMissing(`the arm ${name} does not start: ${error.message}`)
  })
  try {
    await Promise.all(cluster.nodes.map((node) => node.ready()))
    return cluster
  } catch (error) {
    await cluster.stop()
    throw new EnvironmentMissing(`the arm ${name} does not become ready: ${(error as Error).message}`)
  }
}
