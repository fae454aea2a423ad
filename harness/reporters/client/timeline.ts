import type { Chart, Lane, LaneGroup, MarkKind, SpanKind, TimelineData } from '../timeline.ts'

/**
 * The timeline of a scenario in a browser. `script.ts` makes one script of the source of these functions, so they use nothing of this module
 * but each other.
 */

interface Spans {
  kind: SpanKind
  from: Float64Array
  to: Float64Array
  text: Int32Array
}
interface Points {
  kind: string
  at: Float64Array
  value: Float64Array
}
/** A lane whose times are absolute. */
interface Row {
  name: string
  group: number
  height: number
  top: number
  spans: Spans[]
  marks: Points[]
  chart: { unit: string; shape: Chart['shape']; mostValue: number; series: Points[] } | undefined
}
interface View {
  data: TimelineData
  figure: HTMLElement
  canvas: HTMLCanvasElement
  labels: HTMLElement
  tip: HTMLElement
  /** The line below the mouse, over all lanes. */
  cursor: HTMLElement
  said: HTMLElement
  groups: { name: string; isFolded: boolean; rows: Row[]; button: HTMLButtonElement }[]
  /** Those that are drawn, from the top. */
  rows: Row[]
  fromMs: number
  toMs: number
  /** Of the canvas, measured once for each picture: to measure it again for every event would take most of the time. */
  width: number
  selected: number
  isDue: boolean
}
/** What is at one place of the canvas. */
interface Found {
  tMs: number
  text: string
}

/** Builds every timeline of the page when it comes into sight. */
export function startTimelines() {
  const figures = document.querySelectorAll<HTMLElement>('figure[data-timeline]')
  const sight = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries)
        if (isIntersecting) {
          sight.unobserve(target)
          openTimeline(target as HTMLElement)
        }
    },
    { rootMargin: '300px' },
  )
  for (const figure of figures) sight.observe(figure)
}

export function openTimeline(figure: HTMLElement) {
  const source = document.getElementById(figure.dataset.timeline!)!
  const data = JSON.parse(source.textContent!) as TimelineData
  const view = buildView(figure, data)
  layOut(view)
  listen(view)
  draw(view)
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  element.className = className
  element.textContent = text
  return element
}

function buildView(figure: HTMLElement, data: TimelineData): View {
  const canvas = make('canvas', 'tl-canvas')
  canvas.tabIndex = 0
  canvas.setAttribute('role', 'application')
  canvas.setAttribute(
    'aria-label',
    `Timeline of ${data.id}. Left and right move, plus and minus zoom, up and down choose a lane, comma and full stop step through its events, v goes to the violation, 0 shows everything.`,
  )
  const view: View = {
    ...{
      data,
      figure,
      canvas,
      groups: [],
      rows: [],
      fromMs: data.fromMs,
      toMs: data.toMs,
      width: 1,
      selected: -1,
      isDue: false,
    },
    labels: make('div', 'tl-labels'),
    tip: make('div', 'tl-tip'),
    cursor: make('div', 'tl-cursor'),
    said: make('p', 'tl-said small soft'),
  }
  view.said.setAttribute('aria-live', 'polite')
  view.tip.hidden = view.cursor.hidden = true
  view.groups = data.groups.map((group, index) => buildGroup(view, group, index))
  const body = make('div', 'tl-body')
  const plot = make('div', 'tl-plot')
  plot.append(canvas, view.cursor, view.tip)
  body.append(view.labels, plot)
  figure.replaceChildren(toolsOf(view), body, view.said)
  return view
}

function buildGroup(view: View, { name, isFolded, lanes }: LaneGroup, index: number) {
  const button = make('button', 'tl-group')
  button.type = 'button'
  const own = { name, isFolded, rows: lanes.map((lane) => rowOf(lane, index)), button }
  button.addEventListener('click', () => {
    own.isFolded = !own.isFolded
    layOut(view)
    draw(view)
  })
  return own
}

function toolsOf(view: View): HTMLElement {
  const tools = make('div', 'tl-tools')
  const { data } = view
  const add = (text: string, label: string, act: () => void) => {
    const button = make('button', 'tl-tool', text)
    button.type = 'button'
    button.title = label
    if (text.length === 1) button.setAttribute('aria-label', label)
    button.addEventListener('click', act)
    tools.append(button)
  }
  add('−', 'zoom out', () => zoom(view, 1.6, (view.fromMs + view.toMs) / 2))
  add('+', 'zoom in', () => zoom(view, 1 / 1.6, (view.fromMs + view.toMs) / 2))
  add('Steps', 'show the steps and what came after them', () => show(view, data.fromMs, data.toMs))
  add('Everything', 'show provisioning and clean-up too', () => show(view, 0, data.endMs))
  if (data.violations.length > 0) add('Violation', 'go to the violation', () => goToViolation(view))
  tools.append(make('span', 'tl-hint small soft', 'Drag to move, Ctrl and wheel or pinch to zoom, keys work too.'))
  return tools
}

function rowOf(lane: Lane, group: number): Row {
  const kinds = Object.entries(lane.spans) as [SpanKind, number[]][]
  const marks = Object.entries(lane.marks) as [MarkKind, number[]][]
  const { chart } = lane
  const series = chart ? Object.entries(chart.series).map(([kind, pairs]) => pointsOf(kind, pairs)) : []
  let mostValue = 1
  for (const { value } of series) for (const one of value) mostValue = Math.max(mostValue, one)
  return {
    ...{ name: lane.name, group, top: 0, height: chart ? 72 : 24 },
    spans: kinds.map(([kind, triples]) => spansOf(kind, triples)),
    marks: marks.map(([kind, pairs]) => pointsOf(kind, pairs)),
    chart: chart && { unit: chart.unit, shape: chart.shape, mostValue, series },
  }
}

function spansOf(kind: SpanKind, triples: readonly number[]): Spans {
  const size = triples.length / 3
  const spans = { kind, from: new Float64Array(size), to: new Float64Array(size), text: new Int32Array(size) }
  let atMs = 0
  for (let i = 0; i < size; i += 1) {
    atMs += triples[3 * i]!
    spans.from[i] = atMs
    spans.to[i] = atMs + triples[3 * i + 1]!
    spans.text[i] = triples[3 * i + 2]!
  }
  return spans
}

function pointsOf(kind: string, pairs: readonly number[]): Points {
  const size = pairs.length / 2
  const points = { kind, at: new Float64Array(size), value: new Float64Array(size) }
  let atMs = 0
  for (let i = 0; i < size; i += 1) {
    atMs += pairs[2 * i]!
    points.at[i] = atMs
    points.value[i] = pairs[2 * i + 1]!
  }
  return points
}

/** The index of the first time that is not before this one. */
function firstFrom(times: Float64Array, tMs: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! < tMs) low = middle + 1
    else high = middle
  }
  return low
}

/** Places the lanes that are not folded, and their names beside them. */
function layOut(view: View) {
  let top = 22
  view.rows = []
  const names: HTMLElement[] = []
  for (const group of view.groups) {
    const { button, rows, isFolded, name } = group
    button.textContent = `${isFolded ? '▸' : '▾'} ${name}${isFolded ? ` (${rows.length})` : ''}`
    button.setAttribute('aria-expanded', String(!isFolded))
    names.push(placed(button, top, 20))
    top += 22
    if (isFolded) continue
    for (const row of rows) {
      row.top = top
      top += row.height
      view.rows.push(row)
      names.push(placed(labelOf(row), row.top, row.height))
    }
  }
  view.labels.replaceChildren(...names)
  view.labels.style.height = view.canvas.style.height = `${top + 20}px`
  view.selected = Math.min(view.selected, view.rows.length - 1)
}

function labelOf({ name, chart }: Row): HTMLElement {
  const label = make('span', 'tl-label', name)
  label.title = name
  if (!chart) return label
  label.append(make('span', 'tl-unit', `0 to ${shortNumber(chart.mostValue)} ${chart.unit}`))
  const names = make('span', 'tl-series')
  for (const [index, { kind }] of chart.series.entries()) {
    const series = make('b', '', kind)
    series.style.color = `var(--${seriesColour(kind, index)})`
    names.append(series)
  }
  label.append(names)
  return label
}

function seriesColour(kind: string, index: number): string {
  return ['ok', 'failed', 'unsure', 'delivered'].includes(kind) ? `tl-${kind}` : `series${index % 4}`
}

function placed(element: HTMLElement, top: number, height: number): HTMLElement {
  element.style.top = `${top}px`
  element.style.height = `${height}px`
  return element
}

function shortNumber(value: number): string {
  return value >= 10_000 ? `${Math.round(value / 1_000)}k` : String(Math.round(value * 100) / 100)
}

function secondsOf(tMs: number): string {
  return `${Number((tMs / 1_000).toFixed(3))} s`
}

function xOf(view: View, tMs: number): number {
  return ((tMs - view.fromMs) / (view.toMs - view.fromMs)) * view.width
}

function timeAt(view: View, x: number): number {
  return view.fromMs + (x / view.width) * (view.toMs - view.fromMs)
}

/** Shows a part of the time, not shorter than 20 ms and not beyond the scenario. */
function show(view: View, fromMs: number, toMs: number) {
  const { endMs } = view.data
  const length = Math.min(endMs, Math.max(20, toMs - fromMs))
  view.fromMs = Math.min(Math.max(0, fromMs), endMs - length)
  view.toMs = view.fromMs + length
  draw(view)
}

function zoom(view: View, factor: number, aroundMs: number) {
  const before = (aroundMs - view.fromMs) * factor
  const after = (view.toMs - aroundMs) * factor
  show(view, aroundMs - before, aroundMs + after)
}

function move(view: View, byMs: number) {
  show(view, view.fromMs + byMs, view.toMs + byMs)
}

/** The next one after what was shown last, and the first again after the last. */
function goToViolation(view: View) {
  const { violations } = view.data
  const shownAt = Number(view.figure.dataset.violation ?? -1)
  const next = (shownAt + 1) % violations.length
  view.figure.dataset.violation = String(next)
  const { tMs, text } = violations[next]!
  show(view, tMs - 1_500, tMs + 1_500)
  say(view, { tMs, text })
}

function say(view: View, { tMs, text }: Found) {
  view.said.textContent = `${secondsOf(tMs)}: ${text}`
}

/** Draws once before the next picture, however often it is asked for. */
function draw(view: View) {
  if (view.isDue) return
  view.isDue = true
  requestAnimationFrame(() => {
    view.isDue = false
    paint(view)
  })
}

function paint(view: View) {
  const { canvas } = view
  const [width, height] = [canvas.clientWidth, canvas.clientHeight]
  view.width = Math.max(1, width)
  const scale = Math.min(window.devicePixelRatio || 1, 16_000 / Math.max(width, height))
  const [pixelsWide, pixelsHigh] = [Math.round(width * scale), Math.round(height * scale)]
  if (canvas.width !== pixelsWide) canvas.width = pixelsWide
  if (canvas.height !== pixelsHigh) canvas.height = pixelsHigh
  const pen = canvas.getContext('2d')!
  pen.setTransform(scale, 0, 0, scale, 0, 0)
  pen.clearRect(0, 0, width, height)
  const colour = coloursOf(view.figure)
  pen.font = '11px system-ui, sans-serif'
  paintGround(view, pen, colour, width, height)
  for (const row of view.rows) if (row.chart) paintChart(view, pen, colour, row)
  for (const row of view.rows) paintSpans(view, pen, colour, row)
  for (const row of view.rows) paintMarks(view, pen, colour, row)
  paintViolations(view, pen, colour, height)
}

type Colour = (name: string) => string

/** The colours of the page's style, each looked up once for a picture. */
function coloursOf(element: HTMLElement): Colour {
  const styles = getComputedStyle(element)
  const known = new Map<string, string>()
  return (name) => {
    const colour = known.get(name) ?? styles.getPropertyValue(`--${name}`)
    known.set(name, colour)
    return colour
  }
}

function paintGround(view: View, pen: CanvasRenderingContext2D, colour: Colour, width: number, height: number) {
  for (const [index, { top, height: tall }] of view.rows.entries()) {
    pen.fillStyle = colour(index === view.selected ? 'picked' : 'lane')
    pen.fillRect(0, top + 1, width, tall - 2)
  }
  pen.fillStyle = colour('band')
  for (const { fromMs, toMs } of view.data.bands) {
    const x = xOf(view, fromMs)
    pen.fillRect(x, 20, Math.max(1, xOf(view, toMs) - x), height - 20)
  }
  paintAxis(view, pen, colour, width, height)
}

function paintAxis(view: View, pen: CanvasRenderingContext2D, colour: Colour, width: number, height: number) {
  const spanMs = view.toMs - view.fromMs
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 3e4, 6e4, 12e4, 3e5, 6e5]
  const everyMs = steps.find((step) => (step / spanMs) * width >= 68) ?? 12e5
  for (let tMs = Math.ceil(view.fromMs / everyMs) * everyMs; tMs <= view.toMs; tMs += everyMs) {
    const x = xOf(view, tMs)
    pen.fillStyle = colour('line')
    pen.fillRect(x, 18, 1, height - 36)
    pen.fillStyle = colour('soft')
    pen.textAlign = x < 20 ? 'left' : x > width - 20 ? 'right' : 'center'
    pen.fillText(secondsOf(tMs), x, 13)
    pen.fillText(secondsOf(tMs), x, height - 4)
  }
  pen.textAlign = 'left'
}

function paintSpans(view: View, pen: CanvasRenderingContext2D, colour: Colour, row: Row) {
  for (const spans of row.spans) {
    let lastX = -10
    for (let i = 0; i < spans.from.length; i += 1) {
      if (spans.to[i]! < view.fromMs) continue
      if (spans.from[i]! > view.toMs) break
      const x = Math.max(-2, xOf(view, spans.from[i]!))
      const end = Math.min(view.width + 2, xOf(view, spans.to[i]!))
      // Two that start at one pixel and are no longer than it look like one.
      if (end - x < 1 && x - lastX < 1) continue
      lastX = x
      paintSpan(pen, colour, spans.kind, x, row.top + 4, Math.max(2, end - x), row.height - 8)
      const isNamed =
        spans.kind === 'phase' || spans.kind === 'step' || spans.kind === 'broken' || spans.kind === 'witnessed'
      if (isNamed) paintName(pen, colour, view.data.texts[spans.text[i]!]!, x, row.top + 16, end - x)
    }
  }
}

function paintSpan(
  pen: CanvasRenderingContext2D,
  colour: Colour,
  kind: SpanKind,
  x: number,
  y: number,
  wide: number,
  tall: number,
) {
  pen.fillStyle = pen.strokeStyle = colour(`tl-${kind}`)
  if (kind === 'requested' || kind === 'open' || kind === 'unsure') {
    pen.setLineDash([4, 3])
    pen.lineWidth = 1.4
    pen.strokeRect(x + 0.7, y + 0.7, Math.max(1, wide - 1.4), tall - 1.4)
    pen.setLineDash([])
    return
  }
  // Failed operations are lower than others, so that colour is not the only sign.
  const inset = kind === 'failed' ? tall / 2 : kind === 'connected' ? 4 : 1
  pen.fillRect(x, y + inset, wide, kind === 'connected' ? tall - 8 : tall - inset - 1)
}

function paintName(pen: CanvasRenderingContext2D, colour: Colour, text: string, x: number, y: number, wide: number) {
  const from = Math.max(0, x) + 4
  const room = wide - (from - x) - 4
  if (room < 24) return
  pen.save()
  pen.beginPath()
  pen.rect(from, y - 12, room, 16)
  pen.clip()
  pen.fillStyle = colour('ink')
  pen.fillText(text, from, y)
  pen.restore()
}

function paintMarks(view: View, pen: CanvasRenderingContext2D, colour: Colour, row: Row) {
  const middle = row.top + row.height / 2
  for (const { kind, at } of row.marks) {
    pen.strokeStyle = pen.fillStyle = colour(`tl-${kind}`)
    pen.lineWidth = 1.4
    const columns = columnsOf(view, at)
    if (kind === 'lost' || kind === 'duplicated' || kind === 'explained') {
      pen.beginPath()
      for (const x of columns) trace(pen, kind, x, middle)
      pen.stroke()
    } else paintTicks(pen, columns, middle, kind === 'joined' ? 8 : 5)
  }
}

/** The pixels from the left in which there is something, each once. */
function columnsOf(view: View, at: Float64Array): number[] {
  const columns: number[] = []
  let last = -1
  for (let i = firstFrom(at, view.fromMs); i < at.length && at[i]! <= view.toMs; i += 1) {
    const x = Math.round(xOf(view, at[i]!))
    if (x !== last) columns.push(x)
    last = x
  }
  return columns
}

/** Neighbours are one rectangle: a lane with thousands of messages is a few of them. */
function paintTicks(pen: CanvasRenderingContext2D, columns: readonly number[], middle: number, half: number) {
  let from = 0
  for (let i = 1; i <= columns.length; i += 1) {
    if (columns[i] === columns[i - 1]! + 1) continue
    pen.fillRect(columns[from]!, middle - half, i - from, 2 * half)
    from = i
  }
}

/** What was lost is a cross, what came twice a diamond, an explained loss a ring: colour is not the only sign. */
function trace(pen: CanvasRenderingContext2D, kind: MarkKind, x: number, y: number) {
  if (kind === 'lost') {
    pen.moveTo(x - 4, y - 5)
    pen.lineTo(x + 4, y + 5)
    pen.moveTo(x + 4, y - 5)
    pen.lineTo(x - 4, y + 5)
  } else if (kind === 'duplicated') {
    pen.moveTo(x, y - 6)
    pen.lineTo(x + 4, y)
    pen.lineTo(x, y + 6)
    pen.lineTo(x - 4, y)
    pen.lineTo(x, y - 6)
  } else {
    pen.moveTo(x + 3.5, y)
    pen.arc(x, y, 3.5, 0, 7)
  }
}

/** Small values of long tails stay visible on a scale of square roots. */
function heightOf(chart: NonNullable<Row['chart']>, value: number): number {
  const share = Math.max(0, value) / chart.mostValue
  return chart.shape === 'dots' ? Math.sqrt(share) : share
}

function paintChart(view: View, pen: CanvasRenderingContext2D, colour: Colour, row: Row) {
  const chart = row.chart!
  const y = (value: number) => row.top + row.height - 6 - heightOf(chart, value) * (row.height - 14)
  for (const [index, points] of chart.series.entries()) {
    pen.fillStyle = pen.strokeStyle = colour(seriesColour(points.kind, index))
    if (chart.shape === 'dots') paintDots(view, pen, points, y)
    else paintSteps(view, pen, points, y)
  }
}

/** Each place is drawn once, however many events are there. */
function paintDots(view: View, pen: CanvasRenderingContext2D, { at, value }: Points, y: (value: number) => number) {
  const drawn = new Set<number>()
  for (let i = firstFrom(at, view.fromMs); i < at.length && at[i]! <= view.toMs; i += 1) {
    const [left, top] = [Math.round(xOf(view, at[i]!)), Math.round(y(value[i]!))]
    const place = left * 8_192 + top
    if (drawn.has(place)) continue
    drawn.add(place)
    pen.fillRect(left - 1, top - 1, 2, 2)
  }
}

function paintSteps(view: View, pen: CanvasRenderingContext2D, { at, value }: Points, y: (value: number) => number) {
  const first = Math.max(0, firstFrom(at, view.fromMs) - 1)
  pen.lineWidth = 1.5
  pen.beginPath()
  for (let i = first; i < at.length && at[i]! <= view.toMs; i += 1) {
    const x = xOf(view, at[i]!)
    if (i === first) pen.moveTo(x, y(value[i]!))
    else pen.lineTo(x, y(value[i - 1]!))
    pen.lineTo(x, y(value[i]!))
    const isLast = i === at.length - 1 || at[i + 1]! > view.toMs
    if (isLast) pen.lineTo(view.width, y(value[i]!))
  }
  pen.stroke()
}

function paintViolations(view: View, pen: CanvasRenderingContext2D, colour: Colour, height: number) {
  pen.fillStyle = colour('bad')
  for (const { tMs } of view.data.violations) {
    const x = xOf(view, tMs)
    pen.fillRect(x - 1, 14, 2, height - 14)
    pen.beginPath()
    pen.moveTo(x - 6, 14)
    pen.lineTo(x + 6, 14)
    pen.lineTo(x, 22)
    pen.fill()
  }
}

/** What is nearest to a place within a lane, at most 6 pixels away; else the shortest span there. */
function findAt(view: View, row: Row, x: number): Found | undefined {
  const tMs = timeAt(view, x)
  const reachMs = timeAt(view, x + 6) - tMs
  let best: Found | undefined
  for (const points of [...row.marks, ...(row.chart?.series ?? [])])
    for (let i = firstFrom(points.at, tMs - reachMs); i < points.at.length && points.at[i]! <= tMs + reachMs; i += 1)
      if (!best || Math.abs(points.at[i]! - tMs) < Math.abs(best.tMs - tMs))
        best = { tMs: points.at[i]!, text: textOf(view, row, points, i) }
  return best ?? spanAt(view, row, tMs, reachMs / 2)
}

function textOf(view: View, row: Row, { kind, value }: Points, index: number): string {
  if (!row.chart) return view.data.texts[value[index]!]!
  return `${row.name} ${kind}: ${shortNumber(value[index]!)} ${row.chart.unit}`
}

function spanAt({ data }: View, row: Row, tMs: number, reachMs: number): Found | undefined {
  let best: (Found & { length: number }) | undefined
  for (const { from, to, text } of row.spans)
    for (let i = 0; i < from.length && from[i]! <= tMs + reachMs; i += 1) {
      const length = to[i]! - from[i]!
      if (to[i]! >= tMs - reachMs && (!best || length < best.length))
        best = { tMs: from[i]!, length, text: `${data.texts[text[i]!]} (${secondsOf(length)})` }
    }
  return best
}

/** The next or the previous event of the chosen lane. */
function stepEvent(view: View, direction: 1 | -1) {
  const row = view.rows[view.selected]
  if (!row) return
  const nowMs = Number(view.figure.dataset.at ?? view.fromMs)
  let best: Found | undefined
  const offer = (tMs: number, text: () => string) => {
    const isBeyond = direction === 1 ? tMs > nowMs : tMs < nowMs
    if (isBeyond && (!best || Math.abs(tMs - nowMs) < Math.abs(best.tMs - nowMs))) best = { tMs, text: text() }
  }
  for (const points of [...row.marks, ...(row.chart?.series ?? [])]) {
    const at = direction === 1 ? firstFrom(points.at, nowMs + 0.5) : firstFrom(points.at, nowMs) - 1
    if (at >= 0 && at < points.at.length) offer(points.at[at]!, () => textOf(view, row, points, at))
  }
  for (const { from, text } of row.spans)
    for (let i = 0; i < from.length; i += 1) offer(from[i]!, () => view.data.texts[text[i]!]!)
  if (!best) return
  view.figure.dataset.at = String(best.tMs)
  const length = view.toMs - view.fromMs
  if (best.tMs < view.fromMs || best.tMs > view.toMs) show(view, best.tMs - length / 2, best.tMs + length / 2)
  say(view, best)
}

function choose(view: View, index: number) {
  view.selected = Math.min(Math.max(0, index), view.rows.length - 1)
  const row = view.rows[view.selected]
  if (row) view.said.textContent = `Lane ${row.name}`
  draw(view)
}

function onKey(view: View, event: KeyboardEvent) {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const tenth = (view.toMs - view.fromMs) / 10
  const middle = (view.fromMs + view.toMs) / 2
  const keys: Record<string, () => void> = {
    ArrowLeft: () => move(view, -tenth),
    ArrowRight: () => move(view, tenth),
    ArrowUp: () => choose(view, view.selected - 1),
    ArrowDown: () => choose(view, view.selected + 1),
    '+': () => zoom(view, 1 / 1.6, middle),
    '=': () => zoom(view, 1 / 1.6, middle),
    '-': () => zoom(view, 1.6, middle),
    '0': () => show(view, 0, view.data.endMs),
    '.': () => stepEvent(view, 1),
    ',': () => stepEvent(view, -1),
    v: () => view.data.violations.length > 0 && goToViolation(view),
  }
  const act = keys[event.key]
  if (!act) return
  event.preventDefault()
  act()
}

/** One pointer moves, two zoom; a mouse that only passes is told what is below it. */
function listen(view: View) {
  const { canvas } = view
  const pointers = new Map<number, number>()
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId)
    pointers.set(event.pointerId, event.offsetX)
    point(view, event.offsetX, event.offsetY)
  })
  const forget = (event: PointerEvent) => pointers.delete(event.pointerId)
  canvas.addEventListener('pointerup', forget)
  canvas.addEventListener('pointercancel', forget)
  canvas.addEventListener('pointerleave', () => {
    view.tip.hidden = view.cursor.hidden = true
  })
  canvas.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId)
    if (before === undefined) return point(view, event.offsetX, event.offsetY)
    const [other] = [...pointers].filter(([id]) => id !== event.pointerId)
    pointers.set(event.pointerId, event.offsetX)
    if (other) pinch(view, before, event.offsetX, other[1])
    else move(view, timeAt(view, before) - timeAt(view, event.offsetX))
  })
  canvas.addEventListener('wheel', (event) => onWheel(view, event), { passive: false })
  canvas.addEventListener('dblclick', (event) => zoom(view, 0.4, timeAt(view, event.offsetX)))
  canvas.addEventListener('keydown', (event) => onKey(view, event))
  new ResizeObserver(() => draw(view)).observe(canvas)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => draw(view))
}

function pinch(view: View, before: number, after: number, other: number) {
  const [old, now] = [Math.abs(before - other), Math.abs(after - other)]
  if (old > 4 && now > 4) zoom(view, old / now, timeAt(view, other))
}

/** A plain wheel scrolls the page. */
function onWheel(view: View, event: WheelEvent) {
  const sideways = event.shiftKey ? event.deltaY : event.deltaX
  if (event.ctrlKey) zoom(view, Math.exp(event.deltaY / 300), timeAt(view, event.offsetX))
  else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY))
    move(view, (sideways / view.width) * (view.toMs - view.fromMs))
  else return
  event.preventDefault()
}

function point(view: View, x: number, y: number) {
  view.cursor.hidden = false
  view.cursor.style.left = `${x}px`
  const row = view.rows.find(({ top, height }) => y >= top && y < top + height)
  const found = row && findAt(view, row, x)
  view.tip.hidden = !found
  if (!found) return
  view.tip.textContent = `${secondsOf(found.tMs)}: ${found.text}`
  const wide = view.width
  view.tip.style.maxWidth = `${Math.min(360, wide - 8)}px`
  view.tip.style.top = `${y + 16}px`
  view.tip.style.left = `${Math.max(0, Math.min(x + 10, wide - view.tip.offsetWidth - 4))}px`
  say(view, found)
}

/** All functions above that run in the browser. */
export const timelineFunctions = [
  ...[startTimelines, openTimeline, make, buildView, buildGroup, toolsOf, rowOf, spansOf, pointsOf, firstFrom, layOut],
  ...[
    labelOf,
    seriesColour,
    placed,
    shortNumber,
    secondsOf,
    xOf,
    timeAt,
    show,
    zoom,
    move,
    goToViolation,
    say,
    draw,
    paint,
    coloursOf,
    paintGround,
    paintAxis,
  ],
  ...[
    paintSpans,
    paintSpan,
    paintName,
    paintMarks,
    columnsOf,
    paintTicks,
    trace,
    heightOf,
    paintChart,
    paintDots,
    paintSteps,
    paintViolations,
  ],
  ...[findAt, textOf, spanAt, stepEvent, choose, onKey, listen, pinch, onWheel, point],
]
