import type { Snapshot } from '../snapshot.ts'
import { byId, element, setText } from './elements.ts'
import { duration, sparkline } from './format.ts'

/** Half a minute. */
const samplesMax = 120
const [width, height] = [160, 32]
const svg = 'http://www.w3.org/2000/svg'

interface Curve {
  title: string
  samples: number[]
  sampleOf(snapshot: Snapshot): number
  textOf(snapshot: Snapshot): string
}

const curves: readonly Curve[] = [
  {
    title: 'messages',
    samples: [],
    sampleOf: ({ rates }) => rates.receivedPerSecond,
    textOf: ({ rates }) => `${rates.receivedPerSecond} received per second, ${rates.publishedPerSecond} published`,
  },
  {
    title: 'latency',
    samples: [],
    sampleOf: ({ rates }) => rates.p99Ms ?? 0,
    textOf: ({ rates: { p50Ms, p99Ms, unanswered } }) =>
      p50Ms === undefined
        ? `no push was answered, ${unanswered} wait`
        : `p50 ${duration(p50Ms)}, p99 ${duration(p99Ms!)}, ${unanswered} wait`,
  },
]

/** What the clients of the background see: messages per second, and how long an answer takes. */
export function showRates(snapshot: Snapshot) {
  const target = byId('rates')
  if (target.children.length === 0) target.append(...curves.map(({ title }) => curveElement(title)))
  for (const [index, { samples, sampleOf, textOf }] of curves.entries()) {
    samples.push(sampleOf(snapshot))
    if (samples.length > samplesMax) samples.shift()
    const own = target.children[index]!
    own.querySelector('polyline')!.setAttribute('points', sparkline(samples, width, height))
    setText(own.querySelector('.text')!, textOf(snapshot))
  }
}

function curveElement(title: string): HTMLElement {
  const picture = document.createElementNS(svg, 'svg')
  picture.setAttribute('viewBox', `0 -2 ${width} ${height + 4}`)
  picture.setAttribute('preserveAspectRatio', 'none')
  picture.setAttribute('aria-hidden', 'true')
  picture.append(document.createElementNS(svg, 'polyline'))
  return element(
    'div',
    { class: 'curve' },
    element('strong', {}, title),
    element('span', { class: 'text' }),
    picture as never,
  )
}
