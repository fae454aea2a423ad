import { type Figure, figureOf } from '../stats/figures.ts'
import type { Slice } from './slices.ts'

/** Above this utilization, the client itself is the bottleneck. */
const clientBusyMax = 0.97
/** Returns messages per second of the server's CPU time, which is independent of other load on the machine. */
export const perCpuSecond = ({ messages, serverCpuUs }: Slice) => (messages / serverCpuUs) * 1e6

/**
 * Returns the ratio of the two servers' rates, slice by slice. CPU time is used, because each server is busy in its own process and other
 * load on the machine does not count. Undefined when a rate is not a finite number.
 */
export function ratioOf(ours: readonly Slice[], peers: readonly Slice[]): Figure | undefined {
  const ratios = ours.map((slice, index) => perCpuSecond(slice) / perCpuSecond(peers[index]!))
  return ratios.length > 0 && ratios.every(Number.isFinite) ? figureOf(ratios) : undefined
}

/** Returns whether the client was the bottleneck; then only the rate per CPU time is meaningful, not the rate per wall-clock time. */
export const isClientBound = (slices: readonly Slice[]) =>
  figureOf(slices.map(({ clientBusy }) => clientBusy)).median > clientBusyMax
