import type { Params } from '../params.ts'
import type { Serializer } from './serializer.ts'
import { v1 } from './v1.ts'
import { v2 } from './v2.ts'

const serializers: readonly [requirement: RegExp, serializer: Serializer][] = [
  [/^2\.0\.\d+(?:[-+].*)?$/, v2],
  [/^1\.0\.\d+(?:[-+].*)?$/, v1],
]

/** The serializer for a client's `vsn` (default 1.0.0); undefined unless it matches `~> 1.0.0` or `~> 2.0.0`. */
export function negotiate(params: Params): Serializer | undefined {
  if (Object.keys(params).some((key) => key.startsWith('vsn['))) return undefined
  const wanted = params.vsn ?? '1.0.0'
  return serializers.find(([requirement]) => requirement.test(wanted))?.[1]
}
