import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

/** Returns the text of `templates/<name>.txt`, with `{{key}}` replaced by its value. Throws where a value is missing. */
export function fromTemplate(name: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(new URL(`./templates/${name}.txt`, import.meta.url), 'utf8')
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = values[key]
    if (value === undefined) throw new Error(`the template ${name} has {{${key}}}, and nobody says what it is`)
    return value
  })
}

/** How a file below a folder imports a file anywhere: all paths are absolute. */
export function importPath(fromFolder: string, to: string): string {
  const path = relative(fromFolder, to)
  return path.startsWith('.') ? path : `./${path}`
}
