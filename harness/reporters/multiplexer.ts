import type { Reporter } from './reporter.ts'

/** Passes every event to every reporter. A reporter that throws is reported once and then removed; it never changes a verdict. */
export function multiplex(
  reporters: Readonly<Record<string, Reporter>>,
  complain: (sentence: string) => void,
): Required<Reporter> {
  const broken = new Set<string>()

  async function tell(hook: keyof Reporter, args: unknown[]) {
    for (const [name, reporter] of Object.entries(reporters)) {
      if (broken.has(name)) continue
      try {
        await (reporter[hook] as ((...all: unknown[]) => unknown) | undefined)?.apply(reporter, args)
      } catch (error) {
        broken.add(name)
        complain(
          `the ${name} reporter broke and is left out: ${error instanceof Error ? error.message : String(error)}`,
        )
      }
    }
  }

  return {
    onRunStart: (...args) => void tell('onRunStart', args),
    onScenarioStart: (...args) => void tell('onScenarioStart', args),
    onPhase: (...args) => void tell('onPhase', args),
    onStep: (...args) => void tell('onStep', args),
    onFault: (...args) => void tell('onFault', args),
    onScenarioSkipped: (...args) => void tell('onScenarioSkipped', args),
    onScenarioEnd: (...args) => void tell('onScenarioEnd', args),
    onRunEnd: (...args) => tell('onRunEnd', args),
  }
}
