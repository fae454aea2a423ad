import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Loaded into every server that is measured, before its own code: answers what it has used, when it is asked. */
export interface Usage {
  cpuUs: number
  rssBytes: number
  loopDelayP99Ms: number
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
    loopDelayP99Ms: delay.percentile(99) / 1e6,
  }
  delay.reset()
  process.send!(usage)
})
process.on('disconnect', () => process.exit(0))
