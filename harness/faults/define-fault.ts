import type { z } from 'zod'
import type { Cluster } from '../cluster/cluster.ts'
import type { Explains } from '../history/operation.ts'
import { type Aim, checkAim } from './aims.ts'
import type { Drawn } from './draws.ts'
import type { Fault, FaultDefinition, Sleeper } from './fault.ts'
import { factsOf, parseOptions } from './options.ts'

interface FaultSpec<Schema extends z.ZodObject> {
  kind: string
  title: string
  aim: Aim
  /** A strict object; units and defaults with the helpers of `options.ts`. */
  options: Schema
  create(cluster: Cluster, target: string, options: z.output<Schema>, sleepers: readonly Sleeper[]): Fault
  /** Which losses of messages it explains while it is seen to hold. Default: none. */
  explains?: (options: z.output<Schema>) => Explains
  /** What the node forgets. Default: nothing. */
  forgets?: 'memory'
  drawn: Drawn
  simulated: true | string
}

/** Everything about one kind of fault, in one place: see docs/adding-a-fault.md. */
export function defineFault<Schema extends z.ZodObject>(spec: FaultSpec<Schema>): FaultDefinition {
  const { kind, title, aim, drawn, simulated, forgets } = spec
  const parse = (options: Record<string, unknown>) => parseOptions(kind, spec.options, options)
  return {
    kind,
    title,
    aim,
    options: factsOf(spec.options),
    drawn,
    simulated,
    checkOptions: (options) => void parse(options),
    create(cluster, target, options, sleepers = []) {
      checkAim(kind, aim, target)
      return spec.create(cluster, target, parse(options), sleepers)
    },
    effectsOf: (options) => ({
      ...(spec.explains && { explains: spec.explains(parse(options)) }),
      ...(forgets && { forgets }),
    }),
  }
}
