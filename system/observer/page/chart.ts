import { shareText } from '../format.ts'
import type { LoadLine } from '../load-history.ts'
import { text } from './table.ts'

const width = 600
const height = 60

/** One picture for each loop, thread and core: its share of the time over the last minutes (RT-72). */
export const chartsOf = (lines: readonly LoadLine[], sampleEveryMs: number): string =>
  `<div class="charts">${lines.map((line) => chartOf(line, sampleEveryMs)).join('\n')}</div>`

function chartOf({ name, kind, shares }: LoadLine, sampleEveryMs: number): string {
  const now = shares.at(-1)
  const covered = `${Math.round((shares.length * sampleEveryMs) / 1_000)} s`
  const label = `${kind} ${name}: ${shareText(now)} busy now`
  return `<figure><figcaption><b>${text(name)}</b> <span>${kind}</span> <output>${shareText(now)}</output></figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${text(label)}" preserveAspectRatio="none"><path d="${pathOf(shares)}"/></svg>
<p><span>${covered} ago</span><span>now</span></p></figure>`
}

/** From left to right; where there was nothing to measure the line is interrupted. */
export function pathOf(shares: readonly (number | null)[]): string {
  const step = width / Math.max(1, shares.length - 1)
  let isDrawing = false
  const parts = shares.map((share, index) => {
    if (share === null) {
      isDrawing = false
      return ''
    }
    const part = `${isDrawing ? 'L' : 'M'}${(index * step).toFixed(1)} ${((1 - Math.min(1, share)) * height).toFixed(1)}`
    isDrawing = true
    return part
  })
  return parts.join('')
}
