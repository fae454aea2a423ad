import type { Outcome, RunResult, ScenarioResult } from '../verdict/result.ts'
import { outcomeMark } from './format.ts'
import type { RunRecord } from './record.ts'

interface Sample {
  labels: Record<string, string>
  value: number
}

interface Family {
  name: string
  type: 'gauge' | 'stateset' | 'info'
  unit?: 'seconds' | 'ratio'
  help: string
  samples: Sample[]
}

const outcomes = Object.keys(outcomeMark) as Outcome[]
const seconds = (ms: number) => ms / 1_000

/** Returns the run as OpenMetrics text, for whoever collects the runs of many nights. Pure. */
export const openMetrics = ({ run }: RunRecord): string => `${familiesOf(run).map(textOf).join('')}# EOF\n`

function familiesOf(run: RunResult): Family[] {
  const { scenarios, skipped, seed, suite, driver, defects, leaks } = run
  const each = (value: (one: ScenarioResult) => number) =>
    scenarios.map((one) => ({ labels: { scenario: one.id }, value: value(one) }))
  const name = (what: string) => `squall_${what}`
  return [
    info(name('run'), 'The run.', [{ seed, suite, driver, ...(defects.length > 0 && { defects: defects.join(' ') }) }]),
    {
      name: name('run_duration_seconds'),
      type: 'gauge',
      unit: 'seconds',
      help: 'How long the run took.',
      samples: [{ labels: {}, value: seconds(run.durationMs) }],
    },
    {
      name: name('run_pressure_ratio'),
      type: 'gauge',
      unit: 'ratio',
      help: 'Share of the time in which something on the machine waited for it.',
      samples: Object.entries(run.starvation?.pressure ?? {}).map(([resource, value]) => ({
        labels: { resource },
        value,
      })),
    },
    {
      name: name('run_leaks'),
      type: 'gauge',
      help: 'What the run left behind.',
      samples: [{ labels: {}, value: leaks.length }],
    },
    {
      name: name('scenario_outcome'),
      type: 'stateset',
      help: 'How the scenario ended.',
      samples: scenarios.flatMap(statesOf),
    },
    {
      name: name('scenario_duration_seconds'),
      type: 'gauge',
      unit: 'seconds',
      help: 'How long the scenario took.',
      samples: each(({ durationMs }) => seconds(durationMs)),
    },
    {
      name: name('scenario_recovery_seconds'),
      type: 'gauge',
      unit: 'seconds',
      help: 'From the end of the last fault until nothing changes any more.',
      samples: scenarios.flatMap(recoveryOf),
    },
    {
      name: name('scenario_faults'),
      type: 'gauge',
      help: 'Faults that were asked for.',
      samples: each(({ faults }) => faults.length),
    },
    {
      name: name('scenario_faults_witnessed'),
      type: 'gauge',
      help: 'Faults that were witnessed.',
      samples: each(({ faults }) => faults.filter(({ witnessedOnMs }) => witnessedOnMs !== null).length),
    },
    info(
      name('scenario_skipped'),
      'Scenarios that this kind of cluster cannot run.',
      skipped.map(({ id, why }) => ({ scenario: id, why })),
    ),
  ]
}

const info = (name: string, help: string, list: readonly Record<string, string>[]): Family => ({
  ...{ name, type: 'info', help },
  samples: list.map((labels) => ({ labels, value: 1 })),
})

const statesOf = ({ id, outcome }: ScenarioResult): Sample[] =>
  outcomes.map((one) => ({ labels: { scenario: id, squall_scenario_outcome: one }, value: Number(one === outcome) }))

function recoveryOf({ id, phases, faults }: ScenarioResult): Sample[] {
  const settle = phases.find(({ name }) => name === 'settle')
  return settle && faults.length > 0
    ? [{ labels: { scenario: id }, value: seconds(settle.endMs - settle.startMs) }]
    : []
}

function textOf({ name, type, unit, help, samples }: Family): string {
  if (samples.length === 0) return ''
  const head = [`# TYPE ${name} ${type}`, ...(unit ? [`# UNIT ${name} ${unit}`] : []), `# HELP ${name} ${help}`]
  const lines = samples.map(
    ({ labels, value }) => `${name}${type === 'info' ? '_info' : ''}${labelsOf(labels)} ${value}`,
  )
  return `${[...head, ...lines].join('\n')}\n`
}

function labelsOf(labels: Record<string, string>): string {
  const list = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return list.length === 0 ? '' : `{${list.join(',')}}`
}

const escaped = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
