import type { IncomingHttpHeaders } from 'node:http'
import { offeredSubprotocols } from './subprotocols.ts'

/** The only header of a WebSocket that a browser lets a page set is its list of subprotocols, so the token comes as one of them. */
const namePrefix = 'base64url.bearer.phx.'
/** Offered by the client besides its token, because a server has to select one of the offered names. */
export const authProtocol = 'phoenix'

/** The token that came with a request; undefined when there is none, or more than one (CH-34). */
export function authTokenIn(headers: IncomingHttpHeaders): string | undefined {
  if (!headers.upgrade) return headers['x-phoenix-authtoken']?.toString()
  const [token, another] = offeredSubprotocols(headers).filter((name) => name.startsWith(namePrefix))
  if (token === undefined || another !== undefined) return undefined
  return Buffer.from(token.slice(namePrefix.length), 'base64').toString('latin1')
}
