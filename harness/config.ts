/** A set of scenarios of one's own. */
export interface OwnSuite {
  /** One sentence for `squall list suites`. */
  summary: string
  /** Ids (`store/sell-out`), groups (`cart`), suites (`smoke`) and files or folders (`./chaos`, from the folder of this file). Default: acceptance. */
  scenarios?: readonly string[]
  /** Of those only the ones with one of these tags (`squall list tags`). Default: all. */
  tags?: readonly string[]
  /** Ids and groups to leave out. */
  except?: readonly string[]
}

/** What an option of a verb is when the command line does not say: as one would type it, `budget: '10m'`. */
export interface OwnDefaults {
  nodes?: number
  pubsub?: 'mesh' | 'redis'
  driver?: 'process' | 'container' | 'remote'
  /** A path from the folder of the file, or `compose`. */
  target?: string
  jobs?: number
  retries?: number
  repeat?: number
  failFast?: boolean
  verbose?: boolean
  headed?: boolean
  open?: boolean
  seed?: string
  budget?: string
  /** A path from the folder of the file. */
  out?: string
  /** A path from the folder of the file. */
  history?: string
}

export type VerbWithDefaults =
  | 'run'
  | 'replay'
  | 'shrink'
  | 'selftest'
  | 'mutate'
  | 'explore'
  | 'simulate'
  | 'nightly'
  | 'up'
  | 'trend'
  | 'doctor'

/** The content of `squall.config.ts`. */
export interface SquallConfig {
  /** Sets of scenarios of one's own, by name: `squall run nightly-cart`. */
  suites?: Readonly<Record<string, OwnSuite>>
  /** The suite that `squall run` means when it is given no name. Default: acceptance. */
  suite?: string
  defaults?: Readonly<Partial<Record<VerbWithDefaults, OwnDefaults>>>
}

/** Gives `squall.config.ts` its types: `export default defineConfig({ ... })`. What is wrong is said when a command reads the file. */
export const defineConfig = (config: SquallConfig): SquallConfig => config
