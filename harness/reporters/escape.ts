import { stripVTControlCharacters } from 'node:util'

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text for HTML and XML: markup becomes text, escape codes of terminals vanish, and what else XML cannot carry becomes a sign for "unknown character". */
export const escapeHtml = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/[&<>"']/g, (sign) => entities[sign]!)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what XML cannot carry
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
