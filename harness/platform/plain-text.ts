import { stripVTControlCharacters } from 'node:util'

/** What programs print after the message itself, for whoever debugs them. */
const noise = /\n+(Call log|Browser logs|=+ ?logs ?=+|Logs)\b[\s\S]*$/

/** What an error says, for a reason that people read: without escape codes of terminals, and without the log that a browser adds. */
export function messageOf(error: unknown): string {
  const said = error instanceof Error ? causeOfRequest(error) : String(error)
  return stripVTControlCharacters(said).replace(noise, '').trim()
}

/** `fetch` says only that it failed, and keeps why to itself. */
function causeOfRequest({ message, cause }: Error): string {
  if (message !== 'fetch failed' || !(cause instanceof Error)) return message
  return `a request failed: ${cause.message || (cause as NodeJS.ErrnoException).code}`
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
}

/** Why a file that somebody named cannot be used, for a sentence that names it already. */
export const whyUnusable = (error: unknown): string =>
  unreadable[(error as NodeJS.ErrnoException).code ?? ''] ?? messageOf(error)

const longestWords = 300

/** Returns a value in words, for a sentence that people read: `status error, response (reason sold_out)`. Long ones are cut. */
export function describeValue(value: unknown): string {
  const words = wordsOf(value)
  return words.length > longestWords ? `${words.slice(0, longestWords)}…` : words
}

function wordsOf(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing'
  if (typeof value !== 'object') return String(value)
  const parts = Array.isArray(value) ? value.map(wordsOf) : Object.entries(value).map(([name, one]) => named(name, one))
  if (parts.length > 0) return parts.join(', ')
  return 'nothing'
}

const named = (name: string, value: unknown) =>
  typeof value === 'object' && value !== null ? `${name} (${wordsOf(value)})` : `${name} ${wordsOf(value)}`

/** Returns a path as it can be pasted into a shell. */
export const shellWord = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
