import { chartPage, linesFigure, pairsFigure, percentileFigure, ratiosFigure } from '../charts/index.ts'
import { escapeHtml } from '../reporters/escape.ts'
import { percent } from '../stats/percent.ts'
import { describeCapacity, describeEffect } from './describe.ts'
import type { ComparisonDocument, CurvePoint, Overload } from './document.ts'

type Section = { heading: string; body: string }

/** Returns a comparison as one page, drawn from its document alone. Pure. */
export function comparisonPage(document: ComparisonDocument): string {
  const { title, sentence, verdict, command } = document
  const below = `<p>${escapeHtml(title)}</p><p class="soft small"><code>${escapeHtml(command)}</code></p>`
  const isWeak = verdict === 'unknown' || verdict === 'inconclusive'
  const sections = [ratios, otherWorks, curve, percentiles, pairs, hazards, overload, gates, untested].map((section) =>
    section(document),
  )
  return chartPage({
    title: `Squall: ${title}`,
    lead: sentence,
    tone: isWeak ? 'unknown' : 'plain',
    below,
    sections: sections.filter((one) => one !== undefined),
  })
}

function ratios({ interval, control, margin, arms, detectableEffect }: ComparisonDocument): Section | undefined {
  const rows = [
    { name: `${arms.second} / ${arms.first}`, interval },
    { name: `control`, interval: control.interval },
  ].flatMap(({ name, interval: one }) => (one && Number.isFinite(one.ratio.high) ? [{ name, ...one.ratio }] : []))
  if (rows.length === 0) return undefined
  const caption = `Ratio of the latencies with its 95 % interval over the blocks; the control is ${arms.first} against itself. In the grey band of ${percent(margin)} a difference does not matter.`
  const effect =
    detectableEffect === null
      ? ''
      : `<p>So many blocks find ${describeEffect(detectableEffect)} four times out of five.</p>`
  return { heading: 'How large the difference is', body: ratiosFigure(caption, margin, rows) + effect }
}

function otherWorks({ others, margin, arms }: ComparisonDocument): Section | undefined {
  const rows = others.flatMap(({ work, interval }) =>
    interval && Number.isFinite(interval.ratio.high) ? [{ name: work, ...interval.ratio }] : [],
  )
  if (others.length === 0) return undefined
  const caption = `${arms.second} / ${arms.first} for other kinds of work, each with a capacity and a control of its own. Descriptive: several answers are not adjusted for one another.`
  const picture = rows.length > 0 ? ratiosFigure(caption, margin, rows) : ''
  const lines = others.map(({ work, verdict, sentence }) => cell(work) + cell(verdict) + cell(sentence))
  return { heading: 'Other kinds of work', body: picture + table(['work', 'verdict', 'in words'], lines) }
}

function curve({ curves, arms, capacity }: ComparisonDocument): Section | undefined {
  const series = (['p50', 'p99'] as const).flatMap((name, dash) =>
    (['first', 'second'] as const).map((which, colour) => ({
      name: `${arms[which]}, ${name}`,
      points: pointsOf(curves[which], name),
      ...{ colour, dash },
    })),
  )
  if (series.every(({ points }) => points.length === 0)) return undefined
  const caption =
    'Latency from the intended time against the offered load, the same for both arms; bands are 95 % intervals over the runs. A point is missing where the generator was too late for it to be believed.'
  const drawn = series.filter(({ points }) => points.length > 0)
  const body = linesFigure({
    caption,
    x: { label: 'offered, messages/s' },
    y: { label: 'latency, ms', isLog: true },
    series: drawn,
  })
  return { heading: 'Latency against load', body: body + capacityText(arms, capacity) }
}

const pointsOf = (points: readonly CurvePoint[], name: 'p50' | 'p99') =>
  points.flatMap((point) => {
    const one = point[name]
    return one ? [{ x: point.ratePerS, y: one.mean, low: one.low, high: one.high }] : []
  })

const capacityText = (arms: ComparisonDocument['arms'], capacity: ComparisonDocument['capacity']) =>
  capacity
    ? `<p>Highest sustained rate: ${escapeHtml(arms.first)}: ${describeCapacity(capacity.first)}; ${escapeHtml(arms.second)}: ${describeCapacity(capacity.second)}.</p>`
    : ''

function percentiles({ percentiles: found, arms }: ComparisonDocument): Section | undefined {
  if (found.first.length === 0 || found.second.length === 0) return undefined
  const caption = `All latencies of the stages that count, over all blocks. A percentile is shown only with 30 messages beyond it.`
  const series = [
    { name: arms.first, points: found.first },
    { name: arms.second, points: found.second },
  ]
  return { heading: 'The whole distribution', body: percentileFigure(caption, series) }
}

function pairs({ pairs: all, arms, metric }: ComparisonDocument): Section | undefined {
  const points = all.flatMap(({ block, firstMs, secondMs, controlMs }) =>
    firstMs === null || secondMs === null || controlMs === null
      ? []
      : [{ block, first: firstMs, second: secondMs, control: controlMs }],
  )
  if (points.length === 0) return undefined
  const names = { ...arms, control: `${arms.first} (control)` }
  const caption = `${metric.name}, in each block of runs on fresh nodes, in random order.`
  return { heading: 'Block by block', body: pairsFigure({ caption, unit: 'latency, ms', names, pairs: points }) }
}

const cell = (text: string, label?: string) =>
  `<td${label ? ` data-label="${escapeHtml(label)}"` : ''}>${escapeHtml(text)}</td>`
const table = (head: readonly string[], rows: readonly string[]) =>
  `<table class="stack"><thead><tr>${head.map((one) => `<th>${escapeHtml(one)}</th>`).join('')}</tr></thead><tbody>${rows.map((row) => `<tr>${row}</tr>`).join('')}</tbody></table>`

function hazards({ hazards: all, arms }: ComparisonDocument): Section {
  const rows = all.map(({ name, how, first, second }) => {
    const said = (figure: typeof first) => figure?.said ?? 'not measured in this comparison'
    const what = `<td><b>${escapeHtml(name)}</b><br><span class="soft small">${escapeHtml(how)}</span></td>`
    return what + cell(said(first), arms.first) + cell(said(second), arms.second)
  })
  return { heading: 'What it costs besides time', body: table(['hazard', arms.first, arms.second], rows) }
}

function overload({ overload: found, arms }: ComparisonDocument): Section | undefined {
  if (!found) return undefined
  const row = (name: string, { ratePerS, backlogSlopePerS, lost, recoveryMs }: Overload) =>
    cell(name) +
    cell(`${Math.round(ratePerS)}/s`, 'offered') +
    cell(`${Math.round(backlogSlopePerS)}/s`, 'backlog grows by') +
    cell(String(lost), 'lost') +
    cell(recoveryMs === null ? 'never' : `${(recoveryMs / 1_000).toFixed(1)} s`, 'recovered after')
  const head = ['arm', 'offered', 'backlog grows by', 'lost', 'recovered after']
  return {
    heading: 'Beyond capacity',
    body: table(head, [row(arms.first, found.first), row(arms.second, found.second)]),
  }
}

function gates({ gates: all, generator, environment }: ComparisonDocument): Section {
  const rows = all.map(({ name, passed, said, runs }) => {
    const mark = passed ? '<span class="mark passed">✓ passed</span>' : '<span class="mark unknown">? void</span>'
    return `<td class="tight">${mark}</td>${cell(name)}${cell(said)}${cell(runs)}`
  })
  const { processors, model, kernel, node, load, pressure } = environment
  const machine = `${processors} processors (${model}), kernel ${kernel}, Node ${node}, load average ${load[0].toFixed(1)} before and ${load[1].toFixed(1)} after${pressureText(pressure)}`
  const why = `<p>The generator ${generator.isBelievable ? 'may be believed' : 'cannot be believed'}: ${escapeHtml(generator.why)}. ${generator.messages} messages in ${generator.runs} runs; ${generator.repeatedRuns === 1 ? 'one run was' : `${generator.repeatedRuns} runs were`} repeated.</p>`
  return {
    heading: 'Why it may be believed',
    body: `${why}${table(['', 'gate', 'measured', 'held in'], rows)}<p class="soft small">${escapeHtml(machine)}</p>`,
  }
}

const pressureText = (pressure: number | null) =>
  pressure === null ? '' : `; something waited for a processor ${percent(pressure)} of the time`

const untested = ({ notTested }: ComparisonDocument): Section => ({
  heading: 'Not tested',
  body: `<ul>${notTested.map((one) => `<li>${escapeHtml(one)}</li>`).join('')}</ul>`,
})
