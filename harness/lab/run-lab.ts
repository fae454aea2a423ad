import type { ClusterNode } from '../cluster/node.ts'
import type { Metric } from '../cluster/statsd/metric.ts'
import type { SystemPatch } from '../cluster/system-patch.ts'
import type { Io } from '../platform/io.ts'
import { until } from '../platform/until.ts'
import { withCluster } from '../runner/temporary-cluster.ts'
import type { ChartSpec } from './chart-spec.ts'
import { type AnyLab, judgeLab, type LabResult, type LabTools } from './lab.ts'

interface RunLabOptions {
  seed: number
  patch: SystemPatch
  io: Pick<Io, 'clock'>
  say(sentence: string): void
  goOn(): void
}

export interface LabRun {
  result: LabResult
  charts: readonly ChartSpec[]
}

const servesWithinMs = 30_000

/** Runs a lab on nodes of its own, which are gone afterwards, however it went. Rejects when a node does not start. */
export function runLab(lab: AnyLab, options: RunLabOptions): Promise<LabRun> {
  return lab.withoutCluster ? calculate(lab, options) : runOnNodes(lab, options)
}

/** A lab that only calculates needs no more than the time. */
async function calculate(lab: AnyLab, { io: { clock }, say, goOn }: RunLabOptions): Promise<LabRun> {
  const none = () => Promise.reject(new Error(`${lab.name} only calculates: it has no nodes and no browser`))
  const tools: LabTools = { clock, say, goOn, node: none, browser: none, metrics: () => [], until: patientUntil(goOn) }
  const measured = await lab.run(tools)
  return { result: judgeLab(lab, measured), charts: lab.charts(measured) }
}

function runOnNodes(lab: AnyLab, { seed, patch, io: { clock }, say, goOn }: RunLabOptions): Promise<LabRun> {
  return withCluster({ seed, nodes: 0, patch }, async (cluster, { browsers }) => {
    const metrics: Metric[] = []
    cluster.statsd?.listen({ onMetric: (metric) => void metrics.push(metric), onUnreadable() {} })
    let started = 0
    async function node(env: Readonly<Record<string, string>>): Promise<ClusterNode> {
      goOn()
      started += 1
      const one = await cluster.spare(`lab${started}`, env)
      await one.start()
      await one.ready()
      await isServing(one)
      return one
    }
    const measured = await lab.run({
      ...{ clock, node, say, goOn },
      until: patientUntil(goOn),
      browser: () => browsers.get({ bfcache: false }),
      metrics: () => metrics,
    })
    return { result: judgeLab(lab, measured), charts: lab.charts(measured) }
  })
}

/** A node without conditions of its own is ready before its web server is. */
const isServing = ({ name, directUrl }: ClusterNode) =>
  until(async () => (await fetch(`${directUrl}/healthz`)).ok, { what: `${name} serves`, withinMs: servesWithinMs })

/** What is asked may fail for a while, and is asked again; to be told to stop is no such failure. Exported for its test. */
export function patientUntil(goOn: () => void): LabTools['until'] {
  const isStopped = () => {
    try {
      goOn()
      return false
    } catch {
      return true
    }
  }
  return async (ask, options) => {
    await until(async () => isStopped() || (await ask()), options)
    goOn()
  }
}
