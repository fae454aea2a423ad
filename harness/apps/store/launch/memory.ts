import { readFileSync } from 'node:fs'
import type { Cluster } from '../../../cluster/cluster.ts'

/** Of all nodes together, in bytes: the heap after a collection, and the resident memory where the system tells it. */
export interface Memory {
  heapBytes: number
  residentBytes: number | undefined
}

export async function memoryOf({ nodes }: Cluster): Promise<Memory> {
  const heaps = await Promise.all(nodes.map(({ control }) => control.heapBytes()))
  const residents = nodes.map(({ pid }) => residentBytesOf(pid))
  return {
    heapBytes: heaps.reduce((a, b) => a + b, 0),
    residentBytes: residents.includes(undefined) ? undefined : residents.reduce((a, b) => a! + b!, 0),
  }
}

function residentBytesOf(pid: number | undefined): number | undefined {
  try {
    const [, kiloBytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kiloBytes === undefined ? undefined : Number(kiloBytes) * 1_024
  } catch {
    return undefined
  }
}
