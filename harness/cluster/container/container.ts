import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Container } from 'dockerode'
import { type Docker, leaseLabel } from '../../platform/docker.ts'
import { until } from '../../platform/until.ts'
import { type Exit, endWithinMs, type Instance } from '../instance.ts'
import type { Place } from './network.ts'

export interface ContainerOptions {
  docker: Docker
  /** As people call it, and under which the others of its network find it. */
  name: string
  image: string
  command?: readonly string[]
  env?: Record<string, string>
  /** Files and folders of this machine that are there, read-only: path inside -> path on this machine. */
  mounts?: Readonly<Record<string, string>>
  /** Default: where the engine puts it. */
  place?: Place
  /** Ports that the harness reaches on loopback, under the same number or another: inside -> outside. */
  publish: Readonly<Record<number, number>>
  label: string
  logFile: string
}

export interface ContainerInstance extends Instance {
  /** Its id, once it has been started. */
  id(): string
}

const loopback = '127.0.0.1'

/** A container that is made at its first start and keeps its files and addresses over the next ones. */
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
    // It may end by itself just now.
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

/** A cluster asks for its own names only: that of a container that is gone is refused at once, and nobody outside is asked for it. */
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
  // The harness asks for itself, and more often.
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

/** Writes all that the next run of the container says to the file. */
async function follow(container: Container, logFile: string): Promise<{ done: Promise<void> }> {
  const output = await container.attach({ stream: true, stdout: true, stderr: true })
  const log = createWriteStream(logFile, { flags: 'a' })
  container.modem.demuxStream(output, log, log)
  output.once('end', () => log.end())
  output.once('error', () => log.end())
  return { done: finished(log) }
}
