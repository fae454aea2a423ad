import type { z } from 'zod'
import type { Cluster } from '../cluster/cluster.ts'
import type { Explains, FaultRecord } from '../history/operation.ts'
import { type Aim, checkAim } from './aims.ts'
import type { Drawn } from './draws.ts'
import type { Fault, FaultOptions, Sleeper } from './fault.ts'
import { factsOf, type OptionFact, parseOptions } from './options.ts'

/** What a fault's record says about its effects, so that the ledger and the checkers know no kind of fault. */
type Effects = Pick<FaultRecord, 'explains' | 'forgets' | 'endsConnections' | 'isSudden' | 'closesWith'>

/** A Redis server, tabs of a browser, or a balancer in front of the nodes. */
export type Need = 'redis' | 'tabs' | 'balancer'

/** Everything that the harness knows about one kind of fault. */
export interface FaultDefinition {
  readonly kind: string
  /** One line: what it does. */
  readonly title: string
  readonly aim: Aim
  readonly options: readonly OptionFact[]
  /** What not every cluster has. */
  readonly needs: Need | undefined
  /** All the parts of a target are one fault: `n1,n2` is given to `create` as it is. */
  readonly isOfAllParts: boolean
  /** How random plans draw it. */
  readonly drawn: Drawn
  /** Whether the simulator has it, or why not. */
  readonly simulated: true | string
  /** Throws BadOption, in one sentence, for options that make no sense. */
  checkOptions(options: FaultOptions): void
  /** Makes the fault of one target, in names. Throws BadTarget or BadOption at once. */
  create(cluster: Cluster, target: string, options: FaultOptions, sleepers?: readonly Sleeper[]): Fault
  effectsOf(options: FaultOptions): Effects
}

interface FaultSpec<Schema extends z.ZodObject> {
  kind: string
  title: string
  aim: Aim
  /** A strict object; units and defaults with the helpers of `options.ts`. */
  options: Schema
  create(cluster: Cluster, target: string, options: z.output<Schema>, sleepers: readonly Sleeper[]): Fault
  /** Which losses of messages it explains while it is seen to hold. Default: none. */
  explains?: (options: z.output<Schema>) => Explains
  /** Default: each part of a target is a fault of its own. */
  isOfAllParts?: true
  /** What the node forgets. Default: nothing. */
  forgets?: 'memory'
  /** Clients of its target may lose their connections and channels. Default: they must not notice. */
  endsConnections?: true
  /** What it hits is gone at once, and nothing gets slower. Default: operations may take long. */
  isSudden?: true
  /** The close code of the connections that the node closes because of it. */
  closesWith?: number
  /** Default: nothing that a cluster may lack. */
  needs?: Need
  drawn: Drawn
  simulated: true | string
}

/** Everything about one kind of fault, in one place: see docs/adding-a-fault.md. */
export function defineFault<Schema extends z.ZodObject>(spec: FaultSpec<Schema>): FaultDefinition {
  const { kind, title, aim, drawn, simulated, forgets, endsConnections, isSudden, closesWith } = spec
  const { isOfAllParts = false, needs } = spec
  const parse = (options: FaultOptions) => parseOptions(kind, spec.options, options)
  return {
    kind,
    title,
    aim,
    options: factsOf(spec.options),
    needs,
    isOfAllParts,
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
      ...(endsConnections && { endsConnections }),
      ...(isSudden && { isSudden }),
      ...(closesWith && { closesWith }),
    }),
  }
}
