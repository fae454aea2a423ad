import type { IncomingHttpHeaders } from 'node:http'
import { offeredSubprotocols } from './subprotocols.ts'

/** Browsers let a page set no header of a WebSocket but this list, so that the token comes as one of its names. */
const namePrefix = 'base64url.bearer.phx.'
/** What the client offers beside its token: of the names that are offered, a server has to answer one. */
export const authProtocol = 'phoenix'

/** The token that came with a request; undefined when there is none, or more than one (CH-34). */
export function authTokenIn(headers: IncomingHttpHeaders): string | undefined {
  if (!headers.upgrade) return headers['x-phoenix-authtoken']?.toString()
  const [token, another] = offeredSubprotocols(headers).filter((name) => name.startsWith(namePrefix))
  if (token === undefined || another !== undefined) return undefined
  return Buffer.from(token.slice(namePrefix.length), 'base64').toString('latin1')
}
