/** The counts at which a level ends (ST-27), known here on its own: the system's could be wrong. */
const [lowBelow, mediumBelow] = [150, 500]

/** The stock level that a shopper must be shown for a count of units. */
export function levelOf(availableCount: number): string {
  if (availableCount === 0) return 'out'
  if (availableCount < lowBelow) return 'low'
  return availableCount < mediumBelow ? 'medium' : 'high'
}
