/** How the process ends, by what it found; `--help` and docs/reference.md say the same. */
export const exitCodes = {
  passed: 0,
  violated: 1,
  unknown: 2,
  flaky: 3,
  regression: 4,
  leaked: 5,
  usage: 64,
  environment: 69,
  harnessBug: 70,
  budget: 124,
  interrupted: 130,
  terminated: 143,
} as const

/** In the words of `--help` and of the reference. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  passed: 'passed',
  violated: 'an invariant was violated',
  unknown: 'unknown',
  flaky: 'flaky',
  regression: 'performance regression',
  leaked: 'cleanup leaked',
  usage: 'usage',
  environment: 'environment missing',
  harnessBug: 'harness bug',
  budget: 'budget exhausted',
  interrupted: 'interrupted by SIGINT, after healing',
  terminated: 'interrupted by SIGTERM, after healing',
}
