import { html, type Rendered } from '../../../live/index.ts'
import type { Sample } from '../run-history.ts'

/** A run as the points of a line in a frame of 600 x 120, with what its axes end at. */
export interface RunDrawing {
  points: string
  most: number
  seconds: string
}

const width = 600
const height = 120
const pointsMax = 120

/** Draws one number of each sample. A page gets at most 120 points, however long the run is. */
export function drawRun(samples: readonly Sample[], numberOf: (sample: Sample) => number): RunDrawing {
  const every = Math.max(1, Math.ceil(samples.length / pointsMax))
  const shown = samples.filter((_, index) => index % every === 0 || index === samples.length - 1)
  const most = Math.max(1, ...shown.map(numberOf))
  const lastMs = Math.max(1, shown.at(-1)?.atMs ?? 0)
  const points = shown.map((one) => {
    const x = Math.round((one.atMs / lastMs) * width)
    return `${x},${Math.round(height - (numberOf(one) / most) * height)}`
  })
  return { points: points.join(' '), most, seconds: (lastMs / 1_000).toFixed(1) }
}

export const runDrawing = (title: string, { points, most, seconds }: RunDrawing): Rendered => html`<figure class="run">
<figcaption>${title}: at most ${most}, in ${seconds} s</figcaption>
<svg viewBox="0 -4 600 128" preserveAspectRatio="none" role="img" aria-label="${title}, as a line"><polyline points="${points}" /></svg>
</figure>`
