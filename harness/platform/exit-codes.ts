/** How the process ends, by what it found; `--help` and the README say the same. */
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
