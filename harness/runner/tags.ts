import type { Scenario } from '../scenario.ts'

/** What `--tag` selects by: the tags that the scenario's file gives, its applications, and what follows from how it is made. */
export function tagsOf({ tags = [], apps, given, plan, canary }: Scenario): string[] {
  const derived = [
    given?.pubsub === 'redis' ? 'redis' : undefined,
    plan ? 'random' : undefined,
    canary ? 'canary' : undefined,
  ].filter((tag) => tag !== undefined)
  return [...new Set([...apps, ...tags, ...derived])].sort()
}

/** Returns whether a scenario has one of the tags, or none were asked for. */
export const hasTag = (scenario: Scenario, wanted: readonly string[]): boolean =>
  wanted.length === 0 || tagsOf(scenario).some((tag) => wanted.includes(tag))
