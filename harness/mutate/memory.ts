import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mutant } from './mutant.ts'
import { hashOf } from './sources.ts'
import type { ScenarioAnswer, ScenarioMemory } from './tiers/scenarios.ts'
import type { TierName, TierResult } from './tiers/tier.ts'

interface Known {
  tiers: Partial<Record<TierName, TierResult>>
  scenarios: Record<string, ScenarioAnswer>
}

/**
 * What earlier runs of the command found out, by mutant, so that one that was interrupted goes on where it ended. Forgotten when any source
 * of the system, the harness, the scenarios or the tests changes, or another seed is used.
 */
export function openMemory(root: string, seed: number) {
  const sources = globSync(['system/**/*', 'harness/**/*.ts', 'scenarios/**/*', 'test/**/*.{ts,mjs,json}'], {
    cwd: root,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replace(/^\//, ''))
    .sort()
  const folder = join(root, '.squall', 'mutate', `${hashOf(root, sources)}-${seed}`)
  mkdirSync(folder, { recursive: true })
  const fileOf = ({ id }: Mutant) => join(folder, `${id}.json`)
  const read = (mutant: Mutant): Known =>
    existsSync(fileOf(mutant)) ? JSON.parse(readFileSync(fileOf(mutant), 'utf8')) : { tiers: {}, scenarios: {} }
  const write = (mutant: Mutant, known: Known) => writeFileSync(fileOf(mutant), JSON.stringify(known))

  const scenarios: ScenarioMemory = {
    find: (mutant, scenario) => read(mutant).scenarios[scenario],
    keep(mutant, scenario, answer) {
      const known = read(mutant)
      write(mutant, { ...known, scenarios: { ...known.scenarios, [scenario]: answer } })
    },
  }
  return {
    scenarios,
    findTier: (mutant: Mutant, tier: TierName): TierResult | undefined => read(mutant).tiers[tier],
    /** What could not be said is asked again next time; the tier of scenarios remembers each scenario. */
    keepTier(mutant: Mutant, tier: TierName, result: TierResult) {
      if (result.outcome === 'unknown' || tier === 'scenarios') return
      const known = read(mutant)
      write(mutant, { ...known, tiers: { ...known.tiers, [tier]: result } })
    },
  }
}

export type Memory = ReturnType<typeof openMemory>
