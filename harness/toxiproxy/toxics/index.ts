import { bandwidth } from './bandwidth.ts'
import { hold } from './hold.ts'
import { latency } from './latency.ts'
import { limitData } from './limit-data.ts'
import { noop } from './noop.ts'
import { resetPeer } from './reset-peer.ts'
import { slicer } from './slicer.ts'
import { slowClose } from './slow-close.ts'
import { timeout } from './timeout.ts'
import type { AnyToxic } from './toxic.ts'

/** Every toxic by its name in the API. */
export const toxics = {
  bandwidth,
  hold,
  latency,
  limit_data: limitData,
  noop,
  reset_peer: resetPeer,
  slicer,
  slow_close: slowClose,
  timeout,
} as const satisfies Record<string, AnyToxic>

export type ToxicType = keyof typeof toxics
export const isToxicType = (type: unknown): type is ToxicType => typeof type === 'string' && Object.hasOwn(toxics, type)
