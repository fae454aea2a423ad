const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const escapeHtml = (text: string | number): string =>
  String(text).replace(/[&<>"']/g, (letter) => entities[letter]!)
