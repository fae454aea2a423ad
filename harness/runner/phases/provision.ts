import { join } from 'node:path'
import type { HarnessApp } from '../../app.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Recorder } from '../../history/recorder.ts'
import { seededRandom, seedOf } from '../../platform/random.ts'
import { openContext } from '../context.ts'
import { meterMachine } from '../manners.ts'
import { createNemesis } from '../nemesis.ts'
import { folderOf, type Phase, type RunState } from '../run-state.ts'
import { isStarved, lostMsIn } from '../starvation.ts'

/** Starts the cluster of the scenario, with all that its steps use. */
export const provision: Phase = {
  name: 'provision',
  async run(state) {
    const { scenario, settings, recorder, log } = state
    const needed = appsNamed(state, scenario.apps)
    const cluster = await startCluster(state, needed)
    if (state.isAbandoned) return cluster.stop()
    state.cluster = cluster
    const also = scenario.alsoWith && cluster.apps.includes(scenario.alsoWith.app) ? [scenario.alsoWith.app] : []
    const apps = [...needed, ...appsNamed(state, also)]
    recorder.record({ who: 'scenario', type: 'read', operation: 'applications', value: apps.map(({ name }) => name) })
    recordMetrics(cluster, recorder)
    state.nemesis = createNemesis({
      cluster,
      recorder,
      log,
      random: seededRandom(seedOf(settings.seed, `faults of ${scenario.id}`)),
      sleepers: () => state.open?.sessions.flatMap((session) => session.sleepers?.() ?? []) ?? [],
      elapsedMs: state.elapsedMs,
      report: (fault) => settings.reporter.onFault(scenario.id, fault),
    })
    state.stopMetering = meterMachine(state)
    const { meter, elapsedMs } = state
    state.open = openContext({
      wasStarved: (lastMs) => isStarved(meter.between(elapsedMs() - lastMs, elapsedMs())),
      lostMs: (lastMs) => lostMsIn(meter.between(elapsedMs() - lastMs, elapsedMs())),
      cluster,
      nemesis: state.nemesis,
      recorder,
      log,
      random: seededRandom(seedOf(settings.seed, scenario.id)),
      browsers: settings.browsers,
      apps,
    })
  },
}

function appsNamed({ settings }: RunState, names: readonly string[]): HarnessApp[] {
  return names.map((name) => {
    const found = settings.apps.find((app) => app.name === name)
    if (found) return found
    const known = settings.apps.map((app) => app.name).join(', ')
    throw new Error(`the scenario needs the application ${name}; this run knows ${known}`)
  })
}

function startCluster({ scenario, settings, leases }: RunState, apps: readonly HarnessApp[]): Promise<Cluster> {
  const { given = {} } = scenario
  const seeds = apps.flatMap((app) => app.seeds?.(given) ?? [])
  return settings.clusters.start({
    nodes: given.nodes ?? settings.nodes,
    pubsub: given.pubsub ?? settings.pubsub,
    folder: join(settings.workFolder, folderOf(scenario)),
    leases,
    random: seededRandom(settings.seed),
    patch: settings.patch,
    neededApps: scenario.apps,
    seeds,
    ...(given.env && { env: given.env }),
    ...(given.fasterEnv && { fasterEnv: given.fasterEnv }),
    ...(given.promised && { promised: given.promised }),
    ...(given.balancer && { balancer: given.balancer }),
    ...(given.standby && { standby: given.standby }),
    ...(given.nodesWithoutWeb && { nodesWithoutWeb: given.nodesWithoutWeb }),
  })
}

/** Every metric is an event of its node; a line that is none names nobody, and is kept as it came. */
function recordMetrics({ statsd }: Cluster, { record }: Recorder) {
  statsd?.listen({
    onMetric({ name, value, kind, tags: { node = 'nobody', ...tags } }) {
      record({ who: node, node, type: 'metric', operation: name, value: { value, kind, tags } })
    },
    onUnreadable: (text) => void record({ who: 'nobody', type: 'metric', error: text }),
  })
}
