import { scanTemplate } from './template-scanner.ts'
import { RawHtml, Rendered, type Template, type Value } from './value.ts'

const templates = new WeakMap<TemplateStringsArray, Template>()

/**
 * A template: `html\`<p class=${kind}>${text}</p>\``. Its static parts are read once for each call site. Values are escaped; an
 * attribute whose value is null, undefined or false is left out, and one that is true is its bare name.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Rendered {
  return new Rendered(templateOf(strings), values)
}

/** HTML of the application's own that must not be escaped. Never give it what a user wrote. */
export const rawHtml = (text: string): RawHtml => new RawHtml(text)

function templateOf(strings: TemplateStringsArray): Template {
  const known = templates.get(strings)
  if (known) return known
  const fresh = Object.freeze(scanTemplate(strings))
  templates.set(strings, fresh)
  return fresh
}

/** Holds whatever one entry of a list shows, where the entries are of different templates. */
export const wrapper: Template = Object.freeze<Template>({
  statics: ['', ''],
  slots: [{ place: 'text', name: '' }],
  isOneTag: false,
})
