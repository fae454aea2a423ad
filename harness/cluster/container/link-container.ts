import { freePort } from '../../platform/ports.ts'
import { until } from '../../platform/until.ts'
import type { Route } from '../links.ts'
import { type ContainerOptions, createContainer } from './container.ts'

/** Ports of a container are fixed when it is created, but links are created later. */
const linksMax = 48
const apiPort = 8474
const startWithinMs = 10_000
/** Byte counts of links come from the proxy metrics, which are off by default. */
const flags = ['-host=0.0.0.0', '-proxy-metrics']

interface LinkContainer {
  apiUrl: string
  /** Returns the listen address of the next link; its port is the same inside the container and on this machine. */
  listenNext(): ReturnType<Route>['listen']
}

/** Starts a real Toxiproxy server for every link of one cluster. */
export async function startLinkContainer(
  options: Pick<ContainerOptions, 'docker' | 'image' | 'place' | 'label' | 'logFile'>,
): Promise<LinkContainer> {
  const outsidePort = await freePort()
  const ports: number[] = []
  while (ports.length < linksMax) ports.push(await freePort())
  const publish = Object.fromEntries([[apiPort, outsidePort], ...ports.map((port) => [port, port] as const)])
  const server = createContainer({ ...options, name: 'links', command: flags, publish })
  await server.start()
  const apiUrl = `http://127.0.0.1:${outsidePort}`
  const answers = async () => (await fetch(`${apiUrl}/version`)).ok
  await until(answers, { what: 'the Toxiproxy server answers', withinMs: startWithinMs })
  return {
    apiUrl,
    listenNext() {
      const port = ports.shift()
      if (port === undefined)
        throw new Error(`a cluster of containers has ${linksMax} links at most, and all are taken`)
      return `0.0.0.0:${port}`
    },
  }
}
