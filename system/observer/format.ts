const kibi = 1_024

/** `850 B`, `4.2 MiB`. Pure. */
export function bytesText(bytes: number): string {
  if (bytes < kibi) return `${Math.round(bytes)} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length, Math.floor(Math.log(bytes) / Math.log(kibi)))
  return `${(bytes / kibi ** power).toFixed(1)} ${units[power - 1]}`
}

/** `12,345.6`. */
export const numberText = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** `42 %`. */
export const shareText = (share: number | null | undefined): string =>
  share === null || share === undefined ? '-' : `${Math.round(share * 100)} %`

/** `1 h 02 min`, `14 s`. */
export function durationText(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}
