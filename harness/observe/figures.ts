const kibi = 1_024

/** `850 B`, `4.2 MiB`. Pure. */
export function bytesText(bytes: number): string {
  if (bytes < kibi) return `${Math.round(bytes)} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length, Math.floor(Math.log(bytes) / Math.log(kibi)))
  return `${(bytes / kibi ** power).toFixed(1)} ${units[power - 1]}`
}

export const numberText = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

export const shareText = (share: number | null | undefined): string =>
  share === null || share === undefined ? '-' : `${Math.round(share * 100)} %`
