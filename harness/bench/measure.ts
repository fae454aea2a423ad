import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Loaded into every server that is measured, before its own code: answers what it has used, when it is asked. */
export interface Usage {
  cpuUs: number
  rssBytes: number
  /** What is really in use: what the engine keeps in reserve is in `rssBytes` too. */
  heapBytes: number
  loopDelayP99Ms: number
  /** TCP connections that are open at this server. */
  connections: number
}

const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

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
