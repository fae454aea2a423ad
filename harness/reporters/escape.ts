import { stripVTControlCharacters } from 'node:util'

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Escapes text for HTML and XML: escapes markup, removes terminal escape codes, and replaces other characters that XML does not allow with U+FFFD. */
export const escapeHtml = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/[&<>"']/g, (sign) => entities[sign]!)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what XML cannot carry
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
