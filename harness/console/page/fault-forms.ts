import type { OptionFact } from '../../faults/options.ts'
import type { OfferedFault } from '../targets.ts'
import { ask } from './ask.ts'
import { byId, element, showList } from './elements.ts'
import { familyOf, fieldOf, optionFrom } from './format.ts'

const openFamilies = new Set(['db', 'link', 'node'])

interface Family {
  name: string
  faults: readonly OfferedFault[]
}

/** One form for each fault, by family. What somebody has written stays. */
export function showFaults(offered: readonly OfferedFault[]) {
  const families = [...Map.groupBy(offered, ({ kind }) => familyOf(kind))].map(([name, faults]) => ({ name, faults }))
  showList<Family>(byId('faults'), families, {
    keyOf: ({ name }) => name,
    create: ({ name }) =>
      element(
        'details',
        { open: openFamilies.has(name) },
        element('summary', {}, name),
        element('div', { class: 'forms' }),
      ),
    update: (target, { faults }) =>
      showList(target.lastElementChild!, faults, { keyOf: ({ kind }) => kind, create: formOf, update: updateForm }),
  })
}

function formOf(fault: OfferedFault): HTMLElement {
  const { kind, title, aim, options, values } = fault
  const target = element('input', { name: 'target', list: `targets-${kind}`, required: true, autocomplete: 'off' })
  const form = element(
    'form',
    { class: 'fault', 'aria-label': kind },
    element('p', { class: 'fault-title' }, element('strong', {}, kind), ` ${title}`),
    element('label', { title: aim }, 'target', target),
    element('datalist', { id: `targets-${kind}` }),
    ...options.map((option) => fieldFor(option, values[option.name])),
    element('button', { type: 'submit', class: 'break' }, `Inject ${kind}`),
    element('p', { class: 'why', hidden: true }),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit(form, kind, options)
  })
  return form
}

function fieldFor({ name, type, unit, about, required }: OptionFact, value: unknown): HTMLElement {
  const choices = /^one of (.+)$/.exec(type)?.[1]?.split(', ') ?? (type === 'a boolean' ? ['true', 'false'] : undefined)
  const text = fieldOf(value)
  const field = choices
    ? element('select', { name }, ...choices.map((one) => element('option', { selected: one === text }, one)))
    : element('input', {
        name,
        value: text,
        required,
        autocomplete: 'off',
        ...(type === 'a number' ? { type: 'number', step: 'any' } : { type: 'text' }),
      })
  return element('label', { title: about }, unit ? `${name} (${unit})` : name, field)
}

function updateForm(form: HTMLElement, { kind, targets, unavailable }: OfferedFault) {
  const list = form.querySelector('datalist')!
  showList(list, targets, {
    keyOf: (one) => one,
    create: (one) => element('option', { value: one }),
    update: () => {},
  })
  const target = form.querySelector<HTMLInputElement>('input[name=target]')!
  if (target.value === '' && document.activeElement !== target) target.value = targets[0] ?? ''
  const button = form.querySelector<HTMLButtonElement>('button')!
  if (!button.hasAttribute('data-busy')) button.disabled = unavailable !== undefined
  const why = form.querySelector<HTMLElement>('.why')!
  why.hidden = unavailable === undefined
  why.textContent = unavailable === undefined ? '' : `${kind} ${unavailable}`
}

async function submit(form: HTMLFormElement, kind: string, facts: readonly OptionFact[]) {
  const fields = new FormData(form)
  const given = facts.map(({ name, type }) => [name, optionFrom(type, String(fields.get(name) ?? ''))] as const)
  const options = Object.fromEntries(given.filter(([, value]) => value !== undefined))
  const button = form.querySelector<HTMLButtonElement>('button')!
  button.disabled = true
  button.setAttribute('data-busy', '')
  await ask('/faults', { kind, target: String(fields.get('target')).trim(), options })
  button.removeAttribute('data-busy')
  button.disabled = false
}
