import type Dockerode from 'dockerode'
import { type Docker, leaseLabel } from '../../platform/docker.ts'

/** An address in a network that is reserved for a container for as long as the container exists, running or not. */
export interface Place {
  network: string
  address: string
}

export interface Network {
  placeOf(name: string): Place
}

/** Someone else may claim the range between two requests. */
const attempts = 8

/**
 * A network for the containers of one cluster. Each container has a fixed address that is not reused while the container is down, so that
 * its peers never connect to another container by mistake. Throws the engine's error when it has no address range left.
 */
export async function createNetwork({ api }: Docker, label: string): Promise<Network> {
  const subnet = await claimSubnet(api, label, attempts)
  const names: string[] = []
  return {
    placeOf(name) {
      if (!names.includes(name)) names.push(name)
      return { network: label, address: nthAddress(subnet, firstFree + names.indexOf(name)) }
    },
  }
}

/** The first address belongs to the gateway. */
const firstFree = 2

/** `172.31.0.0/16`, 2 -> `172.31.0.2`. Pure. */
export function nthAddress(subnet: string, n: number): string {
  const parts = subnet.split('/')[0]!.split('.').map(Number)
  const last = parts.pop()! + n
  if (parts.length !== 3 || last > 254) throw new Error(`the network ${subnet} has no address number ${n}`)
  return [...parts, last].join('.')
}

/** The engine allows fixed addresses only in an explicit range, so a probe network finds a free range, which is then claimed explicitly. */
async function claimSubnet(api: Dockerode, label: string, attemptsLeft: number): Promise<string> {
  const labels = { [leaseLabel]: label }
  const probe = await api.createNetwork({ Name: label, Labels: labels })
  const { IPAM } = (await probe.inspect()) as { IPAM: { Config: { Subnet: string }[] } }
  const subnet = IPAM.Config.map(({ Subnet }) => Subnet).find((one) => one.includes('.'))!
  await probe.remove()
  try {
    await api.createNetwork({ Name: label, Labels: labels, IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] } })
    return subnet
  } catch (error) {
    if (attemptsLeft <= 1) throw error
    return claimSubnet(api, label, attemptsLeft - 1)
  }
}
