/** What this process has used so far: processor time, and memory now. */
export interface ProcessUsage {
  cpuMs: number
  rssBytes: number
  heapBytes: number
}

export function processUsage(): ProcessUsage {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return { cpuMs: Math.round((user + system) / 1_000), rssBytes: rss, heapBytes: heapUsed }
}
