import { type AttributeBag, each, html, liveView, reply, type Value } from '../../../../system/live/index.ts'
import { has, noSuchEvent, objectIn, textIn } from './input.ts'

type Field = 'name' | 'age'
type Errors = Readonly<Record<Field, string | null>>

interface Form {
  form: { values: Readonly<Record<Field, string>>; errors: Errors; shown: readonly Field[] }
  /** What of the form the user touched last; not shown. */
  target: unknown
  saved: Readonly<Record<Field, string>> | null
}

const fields: readonly Field[] = ['name', 'age']
const emptyForm: Form['form'] = { values: { name: '', age: '' }, errors: { name: null, age: null }, shown: [] }

function ageError(age: string): string | null {
  if (!/^[+-]?\d+$/.test(age)) return 'is invalid'
  return Number(age) < 18 ? 'must be at least 18' : null
}

const errorsOf = ({ name, age }: Readonly<Record<Field, string>>): Errors => ({
  name: name.trim() === '' ? "can't be blank" : null,
  age: ageError(age),
})

function formOf(value: unknown): Form['form'] {
  const user = objectIn(has(objectIn(value), 'user'))
  const text = (field: Field) => (user[field] === undefined || user[field] === null ? '' : textIn(user, field))
  const values = { name: text('name'), age: text('age') }
  const shown = fields.filter((field) => Object.hasOwn(user, field) && !Object.hasOwn(user, `_unused_${field}`))
  return { values, errors: errorsOf(values), shown }
}

const hasErrors = ({ errors }: Form['form']) => fields.some((field) => errors[field] !== null)

const formTag = (attributes: AttributeBag, content: Value) => html`<form ${attributes}>${content}</form>`

const fieldErrors = ({ errors, shown }: Form['form'], field: Field) => {
  const error = shown.includes(field) ? errors[field] : null
  return each(error === null ? [] : [error], (text) => html`<p class="error">${text}</p>`)
}

export const formView = liveView<Form>({
  name: 'Form',
  mount(_params, _session, socket) {
    socket.assign({ form: emptyForm, saved: null, target: null })
  },
  handleEvent(event, value, socket) {
    if (event === 'validate') return socket.assign({ form: formOf(value), target: objectIn(value)._target })
    if (event === 'save') {
      const form = formOf(value)
      if (hasErrors(form)) return socket.assign({ form })
      socket.putFlash('info', 'Saved!')
      return socket.assign({ form: emptyForm, saved: form.values })
    }
    if (event === 'target') return reply(objectIn(value))
    return noSuchEvent(event)
  },
  render: (assigns) => html`${() => {
    const { form } = assigns
    return formTag(
      { 'phx-submit': 'save', 'phx-change': 'validate', id: 'user-form' },
      html`
  <input type="text" name="user[name]" id="user_name" value=${form.values.name}>
  ${fieldErrors(form, 'name')}
  <input type="number" name="user[age]" id="user_age" value=${form.values.age}>
  ${fieldErrors(form, 'age')}
  <button disabled=${hasErrors(form)}>Save</button>
`,
    )
  }}
${() => {
  const { saved } = assigns
  return saved && html`<p id="saved">Saved ${saved.name}, ${saved.age}</p>`
}}`,
})
