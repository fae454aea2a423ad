import type { SrvRecord } from 'node:dns'

/** Name of a node -> the address to dial, such as `ws://10.0.0.2:5000`. */
export type PeerAddresses = Readonly<Record<string, string>>

/** Says which other nodes there are at the moment (DP-13). A hard-coded list is the configuration itself. */
export interface Discovery {
  /** May name the asking node too. Rejects when nobody can say: then the peers stay as they are. */
  find(): Promise<PeerAddresses>
}

type ResolveSrv = (service: string) => Promise<readonly Pick<SrvRecord, 'name' | 'port'>[]>

/**
 * Nodes by the SRV records of a service, as a headless service of Kubernetes has them: the first label of each target is the name of a node,
 * `n2.squall.default.svc` is n2.
 */
export const discoverByDns = (service: string, resolveSrv: ResolveSrv): Discovery => ({
  async find() {
    const records = await resolveSrv(service)
    return Object.fromEntries(records.map(({ name, port }) => [name.split('.', 1)[0]!, `ws://${name}:${port}`]))
  },
})
