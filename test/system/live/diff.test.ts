import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  component,
  each,
  eachStreamed,
  html,
  type LiveSocket,
  liveComponent,
  liveView,
  type Rendered,
} from '../../../system/live/index.ts'
import { Page } from '../../../system/live/page.ts'
import { parseElements, toText } from '../../support/elements.ts'
import { LiveClient } from '../../support/live-client.ts'

/** A page of every kind of part that a frame can hold, and by hand what it has to look like. */
interface Item {
  id: number
  text: string
  note: string | null
  tags: readonly string[]
}

interface State {
  word: string
  title: string | null
  mode: 'plain' | 'list' | 'deep' | 'off'
  items: readonly Item[]
  mixed: readonly (string | number)[]
  boxes: readonly { id: string; label: string; hasLeaf: boolean }[]
  isWide: boolean
  showsStream: boolean
  last: readonly string[]
}

const firstState: State = {
  word: 'start',
  title: null,
  mode: 'plain',
  items: [],
  mixed: [],
  boxes: [],
  isWide: false,
  showsStream: true,
  last: [],
}

const leaf = liveComponent<{ label: string }>({
  name: 'Leaf',
  render: (assigns) => html`<em>${() => assigns.label}</em>`,
})

interface BoxState {
  n: number
  label: string
  hasLeaf: boolean
  rows: readonly string[]
}

const box = liveComponent<BoxState>({
  name: 'Box',
  mount(socket) {
    socket.assign({ n: 0, rows: [] })
  },
  render: (assigns) => html`<section id=${() => assigns.id}>
  <b>${() => assigns.label}</b><i>${() => assigns.n}</i>
  ${() => each(assigns.rows, { key: (row) => row }, (row) => html`<u>${row}${row.length > 1 && badge(row)}</u>`)}
  ${() => assigns.hasLeaf && component(leaf, { id: `${assigns.id}-leaf`, label: `${assigns.label}!` })}
</section>`,
})

const badge = (text: string) => html`<s class=${['badge', text.length > 2 && 'long']}>${text}</s>`

const itemCard = (
  { id, text, note, tags }: Item,
  word: string,
) => html`<li id="i-${id}" title=${note} hidden=${tags.length > 2}>
  ${badge(text)}${note === null ? '' : html`<q>${note}</q>`}
  ${each(tags, (tag) => html`<span>${tag}${word}</span>`)}
</li>`

const modes = (assigns: State) => {
  const { mode, word } = assigns
  if (mode === 'plain') return html`plain ${word}`
  if (mode === 'list') return each([...word], (letter) => html`<b>${letter}</b>`)
  return mode === 'deep' && html`<div>${word.length > 3 ? badge(word) : html`<i>${word}</i>`}</div>`
}

const content = (
  assigns: Readonly<State & { streams: Readonly<Record<string, never>> }>,
): Rendered => html`<h1 title=${() => assigns.title}>${() => assigns.word}</h1>
<p>${() => modes(assigns)}</p>
<ul id="items">${() => each(assigns.items, { key: ({ id }) => id }, (item) => itemCard(item, assigns.word))}</ul>
<ol>${() => each(assigns.mixed, (one) => (typeof one === 'string' ? badge(one) : html`<i>${one}</i><hr>`))}</ol>
<div>${() => each(assigns.boxes, (props) => component(box, props))}</div>
${() => assigns.showsStream && html`<ul id="stream" phx-update="stream">${eachStreamed<Item>(assigns.streams.items, ({ text }, domId) => html`<li id=${domId}>${badge(text)}</li>`)}</ul>`}
<nav>${() => each(assigns.last, (text) => html`<a>${text}</a>`)}</nav>`

const view = liveView<State>({
  name: 'Everything',
  temporary: { last: [] },
  mount(_params, _session, socket) {
    socket.assign(firstState)
    socket.stream('items', [])
  },
  render: (assigns) => {
    const inner = content(assigns as never)
    return assigns.isWide ? html`<main>${inner}</main>` : inner
  },
})

// ---------------------------------------------------------------- what it has to look like

const escaped = (text: string) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)

interface Shown {
  state: State
  /** What the client keeps of the temporary assign. */
  last: readonly string[]
  stream: readonly Item[]
  boxes: ReadonlyMap<string, { n: number; rows: readonly string[] }>
}

const badgeHtml = (text: string) => `<s class="badge${text.length > 2 ? ' long' : ''}">${escaped(text)}</s>`

function modeHtml({ mode, word }: State) {
  if (mode === 'plain') return `plain ${escaped(word)}`
  if (mode === 'list') return [...word].map((letter) => `<b>${escaped(letter)}</b>`).join('')
  if (mode === 'off') return ''
  return `<div>${word.length > 3 ? badgeHtml(word) : `<i>${escaped(word)}</i>`}</div>`
}

function itemHtml({ id, text, note, tags }: Item, word: string) {
  const title = note === null ? '' : ` title="${escaped(note)}"`
  const spans = tags.map((tag) => `<span>${escaped(tag + word)}</span>`).join('')
  const quote = note === null ? '' : `<q>${escaped(note)}</q>`
  return `<li id="i-${id}"${title}${tags.length > 2 ? ' hidden' : ''}>${badgeHtml(text)}${quote}${spans}</li>`
}

function boxHtml({ id, label, hasLeaf }: State['boxes'][number], { boxes }: Shown) {
  const { n, rows } = boxes.get(id) ?? { n: 0, rows: [] }
  const inner = rows.map((row) => `<u>${escaped(row)}${row.length > 1 ? badgeHtml(row) : ''}</u>`).join('')
  const leafHtml = hasLeaf ? `<em>${escaped(`${label}!`)}</em>` : ''
  return `<section id="${id}"><b>${escaped(label)}</b><i>${n}</i>${inner}${leafHtml}</section>`
}

function expectedText(shown: Shown): string {
  const { state, stream, last } = shown
  const title = state.title === null ? '' : ` title="${escaped(state.title)}"`
  const mixed = state.mixed.map((one) => (typeof one === 'string' ? badgeHtml(one) : `<i>${one}</i><hr>`)).join('')
  const streamed = stream.map(({ id, text }) => `<li id="items-${id}">${badgeHtml(text)}</li>`).join('')
  const streamList = state.showsStream ? `<ul id="stream" phx-update="stream">${streamed}</ul>` : ''
  const inner = [
    `<h1${title}>${escaped(state.word)}</h1><p>${modeHtml(state)}</p>`,
    `<ul id="items">${state.items.map((item) => itemHtml(item, state.word)).join('')}</ul><ol>${mixed}</ol>`,
    `<div>${state.boxes.map((props) => boxHtml(props, shown)).join('')}</div>${streamList}`,
    `<nav>${last.map((text) => `<a>${escaped(text)}</a>`).join('')}</nav>`,
  ].join('')
  return normal(state.isWide ? `<main>${inner}</main>` : inner)
}

/** One writing of entities and blanks. */
const normal = (text: string) =>
  toText(parseElements(text.replace(/&(amp|lt|gt|quot);/g, (entity) => named[entity]!)))
    .replace(/>\s+/g, '>')
    .replace(/\s+</g, '<')
const named: Record<string, string> = { '&amp;': '&#38;', '&lt;': '&#60;', '&gt;': '&#62;', '&quot;': '&#34;' }

// ---------------------------------------------------------------- what can happen

type Step =
  | { do: 'assign'; values: Partial<State> }
  | { do: 'append'; item: Item; at: number; limit: number | null; updateOnly: boolean }
  | { do: 'delete'; id: number }
  | { do: 'reset'; items: readonly Item[] }
  | { do: 'say'; last: readonly string[] }
  | { do: 'component'; index: number; n: number; rows: readonly string[] }
  | { do: 'forget' }

const word = fc.stringMatching(/^[a-c<&"' ]{0,5}$/)
const shortWord = fc.constantFrom('a', 'bb', 'ccc', '<&>')
const item = fc.record({
  id: fc.integer({ min: 1, max: 6 }),
  text: shortWord,
  note: fc.option(shortWord),
  tags: fc.array(shortWord, { maxLength: 3 }),
})
const items = fc.uniqueArray(item, { selector: ({ id }) => id, maxLength: 5 })
const boxes = fc.uniqueArray(
  fc.record({ id: fc.constantFrom('box-a', 'box-b', 'box-c', 'box-d'), label: shortWord, hasLeaf: fc.boolean() }),
  { selector: ({ id }) => id, maxLength: 4 },
)
const state = fc.record(
  {
    word,
    title: fc.option(shortWord),
    mode: fc.constantFrom('plain', 'list', 'deep', 'off'),
    items,
    mixed: fc.array(fc.oneof(shortWord, fc.integer({ min: 0, max: 3 })), { maxLength: 4 }),
    boxes,
    showsStream: fc.boolean(),
    isWide: fc.boolean(),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<State>>

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('assign' as const), values: state }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      item,
      at: fc.constantFrom(-1, 0, 1),
      limit: fc.constantFrom(null, null, 2, -2),
      updateOnly: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant('delete' as const), id: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ do: fc.constant('reset' as const), items }),
  fc.record({ do: fc.constant('say' as const), last: fc.array(shortWord, { maxLength: 3 }) }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('component' as const),
      index: fc.nat(3),
      n: fc.integer({ min: 0, max: 3 }),
      rows: fc.uniqueArray(shortWord, { maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'forget' as const }) },
)

interface StreamFrame {
  isReset: boolean
  deletes: Set<number>
  inserts: Extract<Step, { do: 'append' }>[]
}

const noNews = (): StreamFrame => ({ isReset: false, deletes: new Set(), inserts: [] })

/** What a client makes of a stream: deletes come before inserts. */
function streamAfter(before: readonly Item[], { isReset, deletes, inserts }: StreamFrame): Item[] {
  let list = isReset ? [] : before.filter(({ id }) => !deletes.has(id))
  for (const { item, at, limit, updateOnly } of inserts) {
    const index = list.findIndex(({ id }) => id === item.id)
    if (index >= 0) list[index] = item
    else if (!updateOnly) list.splice(at < 0 ? list.length : at, 0, item)
    if (limit !== null) list = limit < 0 ? list.slice(limit) : list.slice(0, limit)
  }
  return list
}

const connection = {
  connectParams: {},
  parent: undefined,
  send() {},
  sendAfter: () => () => {},
  subscribe() {},
}

/** One page with its client, and what the client has to show. */
class Trial {
  readonly page = new Page({ view, id: 'phx-test', flash: {}, connection })
  readonly client: LiveClient
  private state = firstState
  /** What the client keeps of the temporary assign, and what this frame says of it. */
  private last: readonly string[] = []
  private said: readonly string[] = []
  private stream: Item[] = []
  private news = noNews()
  private readonly boxes = new Map<string, { n: number; rows: readonly string[] }>()
  private leaving: number[] = []

  constructor() {
    void view.mount?.({}, {}, this.socket)
    this.client = new LiveClient(this.page.takeFrame())
  }

  get socket(): LiveSocket<State> {
    return this.page.socket as unknown as LiveSocket<State>
  }

  run(steps: readonly Step[]) {
    const before = this.state
    let isRenderedAgain = false
    for (const one of steps) {
      const { isWide } = this.state
      isRenderedAgain = this.perform(one) || isRenderedAgain
      isRenderedAgain ||= this.state.isWide !== isWide
    }
    this.noteGone(this.client.update(this.page.takeFrame()))
    if (isRenderedAgain) this.last = this.said
    this.said = []
    this.noteStream(before)
  }

  expected() {
    const { state, last, stream, boxes } = this
    return expectedText({ state, last, stream, boxes })
  }

  /** Whether the temporary assign is shown anew. */
  private perform(one: Step): boolean {
    if (one.do === 'assign') this.assign(one.values)
    else if (one.do === 'append') this.append(one)
    else if (one.do === 'delete') this.delete(one.id)
    else if (one.do === 'reset') this.reset(one.items)
    else if (one.do === 'say') return this.say(one.last)
    else if (one.do === 'component') this.changeComponent(one)
    else this.forget()
    return false
  }

  private assign(values: Partial<State>) {
    this.socket.assign(values)
    this.state = { ...this.state, ...values }
  }

  private say(last: readonly string[]): boolean {
    this.socket.assign({ last })
    const isNew = JSON.stringify(last) !== JSON.stringify(this.said)
    this.said = last
    return isNew
  }

  private append(step: Extract<Step, { do: 'append' }>) {
    const { item, at, limit, updateOnly } = step
    const first = this.news.inserts.find((one) => one.item.id === item.id) ?? step
    this.news.inserts = this.news.inserts.filter((one) => one !== first)
    this.socket.streamInsert('items', item, { at, updateOnly, ...(limit !== null && { limit }) })
    this.news.inserts.push({ ...first, item })
  }

  private delete(id: number) {
    this.socket.streamDelete('items', { id })
    this.news.deletes.add(id)
  }

  private reset(list: readonly Item[]) {
    this.socket.stream('items', list, { reset: true })
    const inserts = list.map((one) => ({ do: 'append', item: one, at: -1, limit: null, updateOnly: false }) as const)
    this.news = { isReset: true, deletes: new Set(), inserts }
  }

  /** A container that was not there before has only what is new. */
  private noteStream(before: State) {
    const base = before.showsStream ? this.stream : []
    this.stream = this.state.showsStream ? streamAfter(base, this.news) : []
    this.news = noNews()
  }

  private changeComponent({ index, n, rows }: Extract<Step, { do: 'component' }>) {
    const props = this.state.boxes[index]
    const instance = props && this.page.components.find(box, props.id)
    if (!instance) return
    instance.socket.assign({ n, rows })
    this.boxes.set(props.id, { n, rows })
  }

  /** The client says which components it no longer shows; the server may have brought them back meanwhile. */
  private noteGone(gone: number[]) {
    this.leaving.push(...gone)
    this.page.components.announceDestroy(gone)
  }

  /** The client decided what to forget before it saw the frames that came since then. */
  private forget() {
    const cids = this.leaving
    this.leaving = []
    const idOf = new Map(cids.map((cid) => [cid, this.page.components.get(cid)?.id]))
    const destroyed = this.page.components.destroy(cids)
    this.client.forget(destroyed)
    for (const cid of destroyed) this.boxes.delete(idOf.get(cid) ?? '')
  }
}

const cases = Number(process.env.LIVE_DIFF_CASES ?? 1_000)

it('frames, applied as the official client does it, show the present state (LV-5, LV-7, LV-8)', {
  timeout: 600_000,
}, () => {
  fc.assert(
    fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), (frames) => {
      const trial = new Trial()
      for (const steps of frames) {
        trial.run(steps)
        expect(normal(trial.client.text())).toBe(trial.expected())
        expect(trial.page.takeFrame()).toEqual({})
      }
    }),
    { numRuns: cases },
  )
})

/** A page with a list whose entries are evaluated with each change of the word, and what each change of it sends. */
function listPage(items: readonly string[]) {
  const listView = liveView<{ word: string; items: readonly string[] }>({
    name: 'List',
    mount: (_params, _session, socket) => socket.assign({ word: 'a', items }),
    render: (assigns) =>
      html`<p>${() => assigns.word}</p><ul>${() => each(assigns.items, (item) => html`<li title=${assigns.word.length}>${() => item}</li>`)}</ul>`,
  })
  const page = new Page({ view: listView, id: 'phx-list', flash: {}, connection })
  void listView.mount?.({}, {}, page.socket)
  const first = page.takeFrame()
  const sentFor = (values: { word?: string; items?: readonly string[] }) => {
    page.socket.assign(values)
    return page.takeFrame()
  }
  return { first, sentFor }
}

it('a list that is evaluated again with the same entries is not sent again (LV-5)', () => {
  expect(listPage(['x', 'y']).sentFor({ word: 'b' })).toEqual({ 0: 'b' })
})

it('a list is an empty text until it has an entry, and keeps the template of its entries when it is empty again (LV-5)', () => {
  const { first, sentFor } = listPage([])
  expect(first[1]).toBe('')
  const filled = { k: { 0: { 0: ' title="1"', 1: 'x' }, kc: 1 }, s: expect.any(Number) }
  expect(sentFor({ items: ['x'] })).toEqual({ 1: filled, p: { 0: ['<li', '>', '</li>'] } })
  expect(sentFor({ items: [] })).toEqual({ 1: { k: { kc: 0 } } })
  expect(sentFor({ items: ['z'] })).toEqual({ 1: { k: { 0: { 0: ' title="1"', 1: 'z' }, kc: 1 } } })
})
