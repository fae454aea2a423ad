import type { Cluster } from '../cluster/cluster.ts'
import type { FaultRecord } from '../history/operation.ts'
import type { FaultDefinition } from './define-fault.ts'

type Effects = ReturnType<FaultDefinition['effectsOf']>

/**
 * What a fault may cause in this system. How nodes notice a fault, drain, and find each other again is known of the mesh of Squall only. In any other
 * system a fault at a node, or on a link between nodes, may part them from all others, as global of Erlang does to avoid partitions that
 * overlap, and for as long as they like; a message may reach the other node over a connection that the fault does not touch. Pure.
 */
export function effectsIn(
  { promises, nodes }: Pick<Cluster, 'promises' | 'nodes'>,
  parts: readonly string[],
  effects: Effects,
): Effects {
  const { explains } = effects
  if (promises.mesh || !explains || !isAmongNodes(explains, parts, new Set(nodes.map(({ name }) => name))))
    return effects
  const { isSudden: _isSudden, closesWith: _closesWith, ...rest } = effects
  const { keepsNothing: _keepsNothing, ...lost } = explains
  return { ...rest, explains: { ...lost, untilHeard: true } }
}

const isAmongNodes = (
  { at }: NonNullable<FaultRecord['explains']>,
  parts: readonly string[],
  names: ReadonlySet<string>,
) => at !== 'link' || parts.some((part) => part.split('->').every((one) => names.has(one)))
