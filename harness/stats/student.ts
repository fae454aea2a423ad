/** Quantiles of Student's t, one-sided: 97.5 % (for 95 % intervals) and 80 %, for 1 to 30 degrees of freedom. */
const t975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]
const t80 = [
  1.376, 1.061, 0.978, 0.941, 0.92, 0.906, 0.896, 0.889, 0.883, 0.879, 0.876, 0.873, 0.87, 0.868, 0.866, 0.865, 0.863,
  0.862, 0.861, 0.86, 0.859, 0.858, 0.858, 0.857, 0.856, 0.856, 0.855, 0.855, 0.854, 0.854,
]

/** Returns the quantile for a number of degrees of freedom; beyond 30, that of the normal distribution with its first correction. */
export function studentT(level: 0.975 | 0.8, degrees: number): number {
  const known = (level === 0.975 ? t975 : t80)[degrees - 1]
  if (known !== undefined) return known
  const z = level === 0.975 ? 1.96 : 0.8416
  return z + (z ** 3 + z) / (4 * degrees)
}
