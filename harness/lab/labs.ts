import type { AnyLab } from './lab.ts'
import { consumers } from './workshop/consumers.ts'
import { latency } from './workshop/latency.ts'
import { queue } from './workshop/queue.ts'
import { refuse } from './workshop/refuse.ts'
import { serialAsync } from './workshop/serial-async.ts'
import { supervisor } from './workshop/supervisor.ts'

/** Every lab, in the order of the list. */
export const labs: readonly AnyLab[] = [serialAsync, refuse, queue, consumers, latency, supervisor]
