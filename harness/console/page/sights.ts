import type { AppButton, AppRow } from '../../app.ts'
import type { NowJudged } from '../judge-now.ts'
import type { FaultView, NodeView, Offer, SavedView, Snapshot } from '../snapshot.ts'
import { ask, busily } from './ask.ts'
import { byId, element, setText, showList } from './elements.ts'
import { bytesPerSecond, duration, faultLine, fieldOf } from './format.ts'
import { showRates } from './rates.ts'

/** Shows everything that changes several times a second. */
export function show(snapshot: Snapshot) {
  showRecording(snapshot)
  showHappening(snapshot)
  showCluster(snapshot)
  showRates(snapshot)
  showChecks(snapshot.checks)
  showShelf(snapshot)
  showLinks(snapshot)
}

/** A row with a mark, a name, a text and perhaps a button: `update` sets all but the button. */
function row(...more: HTMLElement[]): HTMLElement {
  const [mark, name, text] = ['mark', 'name', 'text'].map((of) => element('span', { class: of }))
  return element('li', {}, mark, name, text, ...more)
}

interface RowText {
  /** A sign and what it means: never the colour alone. */
  mark: string
  tone: string
  name: string
  text: string
}

function setRow(target: HTMLElement, { mark, tone, name, text }: RowText) {
  target.dataset.tone = tone
  for (const [of, value] of Object.entries({ mark, name, text })) setText(target.querySelector(`.${of}`)!, value)
}

const plainRow = { create: () => row(), update: setRow, keyOf: ({ name }: RowText) => name }

function showCluster({ nodes, database, redis }: Snapshot) {
  const servers = [{ name: 'database', ...database }, ...(redis ? [{ name: 'redis', ...redis }] : [])].map(
    ({ name, state, tookMs }): RowText => {
      const isWell = state === 'answers'
      const text = tookMs === undefined ? state : `${state} within ${duration(tookMs)}`
      return { mark: isWell ? '●' : '✕', tone: isWell ? 'good' : 'bad', name, text }
    },
  )
  showList(byId('nodes'), [...nodes.map(nodeRow), ...servers], plainRow)
}

function nodeRow({ name, state, isReady, sees, connections, channels }: NodeView): RowText {
  const details = `sees ${sees.join(', ') || 'nobody'}, ${connections} connections, ${channels} channels`
  return {
    mark: isReady ? '●' : '✕',
    tone: isReady ? 'good' : 'bad',
    name,
    text: state === 'down' || state.startsWith('silent') ? state : `${state}: ${details}`,
  }
}

const toneOfFault: Record<FaultView['state'], [tone: string, mark: string]> = {
  'asked for': ['open', '…'],
  holds: ['bad', '▲'],
  'not seen': ['open', '?'],
  healing: ['open', '…'],
  over: ['good', '✓'],
  'not seen to end': ['open', '?'],
}

function showHappening({ faults }: Snapshot) {
  const target = byId('happening')
  if (!target.querySelector('ul'))
    target.append(
      element('p', { class: 'none' }, 'Nothing is broken. Inject a fault, and what it does is witnessed here.'),
      element('ul', { class: 'rows tall' }),
      element('button', { type: 'button', class: 'heal-all', onclick: busily(() => ask('/heal')) }, 'Heal everything'),
    )
  const isHealable = faults.some(({ state }) => state === 'holds' || state === 'not seen' || state === 'asked for')
  target.querySelector<HTMLElement>('.none')!.hidden = faults.length > 0
  target.querySelector<HTMLElement>('.heal-all')!.hidden = !isHealable
  showList(target.querySelector('ul')!, faults, {
    keyOf: ({ id, kind, target: at }) => `${id} ${kind} ${at}`,
    create: ({ id, kind, target: at }) =>
      row(
        element(
          'button',
          { type: 'button', 'aria-label': `Heal ${kind} ${at}`, onclick: busily(() => ask(`/faults/${id}/heal`)) },
          'Heal',
        ),
      ),
    update(one, fault) {
      const [tone, mark] = toneOfFault[fault.state]
      const options = Object.entries(fault.options).map(([name, value]) => `${name} ${fieldOf(value)}`)
      const name = [fault.kind, fault.target, ...options].join(' ')
      setRow(one, { mark, tone, name, text: faultLine(fault) })
      one.dataset.state = fault.state
      one.querySelector('button')!.hidden = fault.state !== 'holds' && fault.state !== 'not seen'
    },
  })
}

const tones: Record<NowJudged['outcome'], [tone: string, mark: string, word?: string]> = {
  violated: ['bad', '✕', 'violated'],
  passed: ['good', '✓', 'holds so far'],
  unknown: ['open', '?', 'cannot say yet'],
  later: ['later', '◷'],
}
const rank: NowJudged['outcome'][] = ['violated', 'passed', 'unknown', 'later']

function showChecks(checks: readonly NowJudged[]) {
  const sorted = [...checks].sort((a, b) => rank.indexOf(a.outcome) - rank.indexOf(b.outcome))
  const rowOf = ({ name, outcome, why }: NowJudged): RowText => {
    const [tone, mark, word] = tones[outcome]
    return { mark, tone, name, text: word === undefined ? why : `${word}: ${why}` }
  }
  const [now, later] = [
    sorted.filter(({ outcome }) => outcome !== 'later'),
    sorted.filter(({ outcome }) => outcome === 'later'),
  ]
  showList(byId('checks'), now.map(rowOf), plainRow)
  setText(byId('later-count'), `${later.length} others cannot judge yet`)
  showList(byId('later'), later.map(rowOf), plainRow)
}

function showShelf({ app, nodes }: Snapshot) {
  const target = byId('shelf')
  if (!target.querySelector('select'))
    target.append(
      element('label', { class: 'by' }, 'by node', element('select', { id: 'by-node' })),
      element('div', { class: 'groups' }),
    )
  showList(byId('by-node'), nodes, {
    keyOf: ({ name }) => name,
    create: ({ name }) => element('option', {}, name),
    update: () => {},
  })
  showList(target.querySelector('.groups')!, app.groups, {
    keyOf: ({ title, button }) => `${title} ${button ? 'with a button' : ''}`,
    create: ({ button, title }) =>
      element(
        'div',
        { class: 'group' },
        element('h3', {}, title),
        element('p', { class: 'note' }),
        ...(button ? [buttonFor(button, title)] : []),
        element('ul', { class: 'rows' }),
      ),
    update(one, { note, rows, title }) {
      setText(one.querySelector('.note')!, note)
      showList(one.querySelector('ul')!, rows, {
        keyOf: (its) => `${its.title} ${its.button ? 'with a button' : ''}`,
        create: ({ button, title: size }) => row(...(button ? [buttonFor(button, `${title} ${size}`)] : [])),
        update: (its, { title: name, value }: AppRow) => setRow(its, { mark: '', tone: '', name, text: value }),
      })
    },
  })
  const carts = app.carts.map(({ who, items }): RowText => ({ mark: '', tone: '', name: who, text: items.join('; ') }))
  const none: RowText = { mark: '', tone: '', name: 'none', text: 'nobody has anything in a cart' }
  showList(byId('carts'), carts.length > 0 ? carts : [none], plainRow)
}

function buttonFor({ operation, title, value }: AppButton, what: string): HTMLElement {
  const run = () => ask('/operations', { name: operation, node: (byId('by-node') as HTMLSelectElement).value, value })
  return element('button', { type: 'button', 'aria-label': `${title}: ${what}`, onclick: busily(run) }, title)
}

function showLinks({ links }: Snapshot) {
  const rows = links.map(({ name, bytesPerSecond: rate, toxics }): RowText => {
    // One client of the background is on a slow link all the time.
    const ofFaults = toxics.filter((one) => !one.startsWith('background-'))
    const isTouched = ofFaults.length > 0
    const text = [bytesPerSecond(rate), ...ofFaults].join(', ')
    return { mark: isTouched ? '▲' : '', tone: isTouched ? 'bad' : '', name, text }
  })
  showList(byId('links'), rows, plainRow)
}

const modeLine: Record<string, string> = {
  starting: 'Starting a session ...',
  watching: 'Watching. Nothing is kept until you start a recording.',
  recording: 'Recording: everything you do and everybody sees is kept.',
  replaying: 'Replaying a recording, and keeping what happens.',
  ended: 'The console has ended.',
}

const lineOf = ({ mode, phase, elapsedMs }: Snapshot) =>
  mode === 'saving'
    ? `Saving: ${phase} ...`
    : `${modeLine[mode] ?? mode}${mode === 'recording' || mode === 'replaying' ? ` ${duration(elapsedMs)}` : ''}`

function showRecording(snapshot: Snapshot) {
  const target = byId('recording')
  if (!target.querySelector('.line'))
    target.append(
      element('p', { class: 'line' }),
      element(
        'button',
        { type: 'button', class: 'start', onclick: busily(() => ask('/recording/start')) },
        'Start a recording',
      ),
      element(
        'button',
        { type: 'button', class: 'save', onclick: busily(() => ask('/recording/save')) },
        'Stop and save',
      ),
      element('ul', { class: 'rows tall saved' }),
    )
  const { mode, saved } = snapshot
  target.dataset.mode = mode
  setText(target.querySelector('.line')!, lineOf(snapshot))
  target.querySelector<HTMLElement>('.start')!.hidden = mode !== 'watching'
  target.querySelector<HTMLElement>('.save')!.hidden = mode !== 'recording'
  showList(target.querySelector('ul')!, saved, {
    keyOf: ({ folder }) => folder,
    create: ({ folder, replay }) =>
      row(
        element('code', {}, replay),
        element(
          'button',
          {
            type: 'button',
            'aria-label': `Replay ${folder} here`,
            onclick: busily(() => ask('/recording/replay', { folder })),
          },
          'Replay here',
        ),
      ),
    update(one, { folder, outcome, why, entryCount }: SavedView) {
      const [tone, mark] = outcome === 'passed' ? ['good', '✓'] : outcome === 'violated' ? ['bad', '✕'] : ['open', '?']
      const actions = `${entryCount} ${entryCount === 1 ? 'action' : 'actions'}`
      setRow(one, { tone, mark, name: folder, text: [outcome, actions, why].filter(Boolean).join(', ') })
      one.querySelector('button')!.hidden = mode !== 'watching'
    },
  })
}

/** Where a person reaches the shop: links that can be cut. */
export function showShop({ shop }: Offer) {
  showList(byId('shop'), shop, {
    keyOf: ({ url }) => url,
    create: ({ node, url }) => element('a', { href: url, target: '_blank', rel: 'noreferrer' }, `Shop of ${node}`),
    update: () => {},
  })
}
