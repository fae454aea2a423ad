import type Dockerode from 'dockerode'
import { type Docker, leaseLabel } from '../../platform/docker.ts'

/** A place in a network, under which a container is found for as long as it exists, whether it runs or not. */
export interface Place {
  network: string
  address: string
}

export interface Network {
  placeOf(name: string): Place
}

/** Somebody else may take the range between two requests. */
const attempts = 8

/**
 * A network for the containers of one cluster. Each has an address of its own that nobody else is given while it is down: else somebody
 * who just calls it waits for a stranger. Throws what the engine says when it has no range of addresses left.
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

/** The engine fixes addresses only in a range that it was told, and only the engine knows which is free: asked first, then told. */
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
