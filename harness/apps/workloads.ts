import type { Workload } from '../app.ts'
import type { Plan } from '../plans/plan.ts'
import type { Random } from '../platform/random.ts'
import { apps } from './index.ts'

/** The applications that take part in random scenarios. */
export const workloads: readonly Workload[] = Object.values(apps).flatMap(({ workload }) => workload ?? [])

/** Those that a simulation knows. */
export const simulatedWorkloads = workloads.filter(({ simulation }) => simulation)

/** Throws for a plan of an application that takes no part in random scenarios. */
export function workloadOf({ app }: Pick<Plan, 'app'>): Workload {
  const found = workloads.find((one) => one.app === app)
  if (!found) throw new Error(`no random scenarios are known of an application ${app}`)
  return found
}

/** Where there is only one, chance is not asked. */
export const pickFrom = <T>(random: Random, some: readonly T[]): T => (some.length === 1 ? some[0]! : random.pick(some))
