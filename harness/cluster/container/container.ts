import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Container } from 'dockerode'
import { type Docker, leaseLabel } from '../../platform/docker.ts'
import { until } from '../../platform/until.ts'
import { type Exit, endWithinMs, type Instance } from '../instance.ts'
import type { Place } from './network.ts'

export interface ContainerOptions {
  docker: Docker
  /** Name for people and DNS name on its network. */
  name: string
  image: string
  command?: readonly string[]
  env?: Record<string, string>
  /** Files and folders of this machine, mounted read-only: path inside -> path on this machine. */
  mounts?: Readonly<Record<string, string>>
  /** Default: chosen by the engine. */
  place?: Place
  /** Ports published on loopback: port inside -> port outside. */
  publish: Readonly<Record<number, number>>
  label: string
  logFile: string
}

export interface ContainerInstance extends Instance {
  /** Returns the container id; available once it has been started. */
  id(): string
}

const loopback = '127.0.0.1'

/** A container that is created at its first start and keeps its files and addresses across restarts. */
export function createContainer(options: ContainerOptions): ContainerInstance {
  const { docker, name, logFile } = options
  const network = docker.api.getNetwork(options.place?.network ?? 'bridge')
  let container: Container | undefined
  let ended: Promise<number> | undefined
  let exit: Exit | undefined

  async function start() {
    if (ended) throw new Error(`${name} runs already`)
    exit = undefined
    container ??= await docker.api.createContainer(creation(options))
    const log = await follow(container, logFile)
    await container.start()
    ended = container.wait().then(async ({ StatusCode }: { StatusCode: number }) => {
      await log.done
      exit = { code: StatusCode, signal: null }
      ended = undefined
      return StatusCode
    })
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL') {
    const running = ended
    if (!running || !container) return exit?.code ?? null
    // The container may have ended meanwhile.
    await container.kill({ signal }).catch(() => {})
    await until(() => ended !== running, { what: `${name} ends after ${signal}`, withinMs: endWithinMs, everyMs: 20 })
    return exit?.code ?? null
  }

  return {
    pid: undefined,
    get running() {
      return ended !== undefined
    },
    get exit() {
      return exit
    },
    id: () => container!.id,
    start,
    end,
    pause: async () => void (await container?.pause()),
    resume: async () => void (await container?.unpause()),
    disconnect: async () => network.disconnect({ Container: container!.id, Force: true }),
    reconnect: async () => network.connect({ Container: container!.id, EndpointConfig: endpoint(options) }),
  }
}

/** Clusters resolve only their own names: the name of a removed container fails immediately, without a query to an outside DNS server. */
const ownNamesOnly = { Dns: ['127.0.0.1'], DnsOptions: ['timeout:1', 'attempts:1'] }

const endpoint = ({ name, place }: ContainerOptions) => ({
  Aliases: [name],
  ...(place && { IPAMConfig: { IPv4Address: place.address } }),
})

const creation = (options: ContainerOptions) => ({
  ...whatRuns(options),
  ...(options.place && { NetworkingConfig: { EndpointsConfig: { [options.place.network]: endpoint(options) } } }),
})

const whatRuns = ({ name, image, command, env = {}, mounts = {}, place, publish, label }: ContainerOptions) => ({
  name: `${label}-${name}`,
  Image: image,
  ...(command && { Cmd: [...command] }),
  Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
  Labels: { [leaseLabel]: label },
  // The harness makes its own, more frequent health checks.
  Healthcheck: { Test: ['NONE'] },
  ExposedPorts: Object.fromEntries(Object.keys(publish).map((port) => [`${port}/tcp`, {}])),
  HostConfig: {
    PortBindings: Object.fromEntries(
      Object.entries(publish).map(([inside, outside]) => [
        `${inside}/tcp`,
        [{ HostIp: loopback, HostPort: String(outside) }],
      ]),
    ),
    Mounts: Object.entries(mounts).map(([inside, outside]) => ({
      Type: 'bind' as const,
      Source: outside,
      Target: inside,
      ReadOnly: true,
    })),
    ...(place && { NetworkMode: place.network }),
    ...ownNamesOnly,
  },
})

/** Appends the output of the next run of the container to the file. */
async function follow(container: Container, logFile: string): Promise<{ done: Promise<void> }> {
  const output = await container.attach({ stream: true, stdout: true, stderr: true })
  const log = createWriteStream(logFile, { flags: 'a' })
  container.modem.demuxStream(output, log, log)
  output.once('end', () => log.end())
  output.once('error', () => log.end())
  return { done: finished(log) }
}
