import { escapeHtml } from './escape.ts'

interface PageElement {
  id: string
  /** Empty for a view in a view that the client cannot join yet. */
  session: string
  /** Empty for a view in a view that has no HTML yet. */
  staticToken: string
  /** Undefined for the main view of a page. */
  parentId?: string
  content: string
}

/** The element that the client looks for (LV-12). */
export function pageElement({ id, session, staticToken, parentId, content }: PageElement): string {
  const place = parentId === undefined ? ' data-phx-main' : ''
  const parent = parentId === undefined ? '' : ` data-phx-parent-id="${escapeHtml(parentId)}"`
  const tokens = ` data-phx-session="${session}" data-phx-static="${staticToken}"`
  return `<div id="${escapeHtml(id)}"${place}${tokens}${parent}>${content}</div>`
}
