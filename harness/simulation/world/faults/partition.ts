import { type FaultFactory, said, type Witness } from './fault.ts'
import { linkCut } from './links.ts'

/** The links that a fault is made of: of `n1|n2,n3` every one between the two groups, both ways. */
export function partsOf(target: string): string[] {
  const [one = '', other] = target.split('|')
  if (other === undefined) return [target]
  const pairs = one.split(',').flatMap((here) => other.split(',').map((there) => [here, there]))
  return pairs.flatMap(([here, there]) => [`${here}->${there}`, `${there}->${here}`])
}

/** Groups of nodes that do not reach each other (NF-8). */
export const linkPartition: FaultFactory = (cluster, target, options) => {
  const cuts = partsOf(target).map((link) => linkCut(cluster, link, options))
  const all = async (looks: Promise<Witness>[]) => {
    const witnesses = await Promise.all(looks)
    return said(
      witnesses.every(({ seen }) => seen),
      witnesses.map(({ why }) => why).join('; '),
    )
  }
  return {
    inject: () => void cuts.map((cut) => cut.inject()),
    witnessOn: () => all(cuts.map((cut) => cut.witnessOn())),
    heal: () => void cuts.map((cut) => cut.heal()),
    witnessOff: () => all(cuts.map((cut) => cut.witnessOff())),
  }
}
