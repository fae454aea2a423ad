import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Loaded into every measured server before its own code; reports the resource usage on request. */
export interface Usage {
  cpuUs: number
  rssBytes: number
  /** The heap in use; `rssBytes` also includes memory that the engine keeps in reserve. */
  heapBytes: number
  loopDelayP99Ms: number
  /** Open TCP connections of this server. */
  connections: number
}

const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as (options: { type: string; execution: string; flavor: string }) => void
/** As when memory is short: also gives back the pages that the engine keeps in reserve, whose number differs from run to run. */
const collectGarbage = () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })

process.on('message', ({ ask }: { ask: 'usage' | 'settled-usage' }) => {
  if (ask === 'settled-usage') for (let n = 0; n < 3; n += 1) collectGarbage()
  const { user, system } = process.cpuUsage()
  const usage: Usage = {
    cpuUs: user + system,
    rssBytes: process.memoryUsage.rss(),
    heapBytes: process.memoryUsage().heapUsed + process.memoryUsage().external,
    loopDelayP99Ms: delay.percentile(99) / 1e6,
    connections: process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length,
  }
  delay.reset()
  process.send!(usage)
})
process.on('disconnect', () => process.exit(0))
