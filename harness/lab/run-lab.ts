import type { SystemPatch } from '../cluster/system-patch.ts'
import type { Io } from '../platform/io.ts'
import { withCluster } from '../runner/temporary-cluster.ts'
import type { ChartSpec } from './chart-spec.ts'
import { type AnyLab, judgeLab, type LabResult } from './lab.ts'
import { envOf, type WorkshopNode, workshopNode } from './workshop-node.ts'

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

/** Runs a lab on nodes of its own, which are gone afterwards, however it went. Rejects when a node does not start. */
export function runLab(lab: AnyLab, { seed, patch, io: { clock }, say, goOn }: RunLabOptions): Promise<LabRun> {
  return withCluster({ seed, nodes: 0, patch }, async (cluster) => {
    let started = 0
    async function workshop(settings: Parameters<typeof envOf>[0]): Promise<WorkshopNode> {
      goOn()
      started += 1
      const node = await cluster.spare(`lab${started}`, envOf(settings))
      await node.start()
      await node.ready()
      return workshopNode({ node, settings, clock, goOn })
    }
    const measured = await lab.run({ clock, workshop, say, goOn })
    return { result: judgeLab(lab, measured), charts: lab.charts(measured) }
  })
}
