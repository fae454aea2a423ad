import { type Figure, figureOf } from '../stats/figures.ts'
import type { Slice } from './slices.ts'

/** A client that works harder than this is itself the limit. */
const clientBusyMax = 0.97
/** Messages for each second of the server's processor: what the server can do, whatever else the machine has to do. */
export const perCpuSecond = ({ messages, serverCpuUs }: Slice) => (messages / serverCpuUs) * 1e6

/**
 * How much more one server does than the other, slice by slice. By processor time: both are busy in their own process, and a neighbour
 * on the machine takes nothing of it. Undefined when the load client was the limit of ours.
 */
export function ratioOf(ours: readonly Slice[], peers: readonly Slice[]): Figure | undefined {
  const ratios = ours.map((slice, index) => perCpuSecond(slice) / perCpuSecond(peers[index]!))
  return ratios.length > 0 && ratios.every(Number.isFinite) ? figureOf(ratios) : undefined
}

/** Whether the client was the limit: then nothing is known of the server by the clock, only by its processor time. */
export const isClientBound = (slices: readonly Slice[]) =>
  figureOf(slices.map(({ clientBusy }) => clientBusy)).median > clientBusyMax
