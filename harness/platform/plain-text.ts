import { stripVTControlCharacters } from 'node:util'

/** What programs print after the message itself, for whoever debugs them. */
const noise = /\n+(Call log|Browser logs|=+ ?logs ?=+|Logs)\b[\s\S]*$/

/** What an error says, for a reason that people read: without escape codes of terminals, and without the log that a browser adds. */
export function messageOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error)
  return stripVTControlCharacters(said).replace(noise, '').trim()
}
