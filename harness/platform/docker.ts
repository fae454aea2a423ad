import type Dockerode from 'dockerode'
import { EnvironmentMissing } from './errors.ts'

/** What everything that a cluster makes carries, so that nothing of it can be overlooked afterwards. */
export const leaseLabel = 'squall.lease'

export interface Docker {
  readonly api: Dockerode
  /** Has the image, or gets it from its registry with the credentials of the machine. */
  pull(image: string): Promise<void>
}

/** The container engine of this machine, as testcontainers finds it: DOCKER_HOST, a context, the usual sockets. */
export async function findDocker(): Promise<Docker> {
  // Takes long to load, and only this driver needs it.
  const { getContainerRuntimeClient, ImageName } = await import('testcontainers')
  const client = await getContainerRuntimeClient().catch(() => {
    throw new EnvironmentMissing(
      'needs a running Docker engine, but found none; start Docker, say where it is with DOCKER_HOST, or use --driver process',
    )
  })
  return {
    api: client.container.dockerode,
    async pull(image) {
      await client.image
        .pull(ImageName.fromString(image), { force: false, platform: undefined })
        .catch((error: Error) => {
          throw new EnvironmentMissing(
            `needs the image ${image}, but cannot get it: ${error.message}; name another with the SQUALL_IMAGE_ settings of docs/drivers.md`,
          )
        })
    },
  }
}

const having = (label: string) => ({ filters: JSON.stringify({ label: [`${leaseLabel}=${label}`] }) })

/** Names of all that carries the label. */
export async function listLabelled({ api }: Docker, label: string): Promise<string[]> {
  const [containers, networks, images] = await Promise.all([
    api.listContainers({ all: true, ...having(label) }),
    api.listNetworks(having(label)),
    api.listImages(having(label)),
  ])
  return [
    ...containers.map(({ Names, Id }) => `container ${Names[0]?.slice(1) ?? Id}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...images.map(({ RepoTags, Id }) => `image ${RepoTags?.[0] ?? Id}`),
  ]
}

/** Containers first: they hold the network and the image. What is gone already is no matter. */
export async function removeLabelled({ api }: Docker, label: string) {
  const containers = await api.listContainers({ all: true, ...having(label) })
  await Promise.all(containers.map(({ Id }) => gone(api.getContainer(Id).remove({ force: true, v: true }))))
  const [networks, images] = [await api.listNetworks(having(label)), await api.listImages(having(label))]
  await Promise.all([
    ...networks.map(({ Id }) => gone(api.getNetwork(Id).remove())),
    ...images.map(({ Id }) => gone(api.getImage(Id).remove({ force: true }))),
  ])
}

/** 404: somebody else removed it; 409: somebody else is just doing it. */
const gone = (work: Promise<unknown>) =>
  work.catch((error: { statusCode?: number }) => {
    if (error.statusCode !== 404 && error.statusCode !== 409) throw error
  })
