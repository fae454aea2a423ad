import { timingSafeEqual } from 'node:crypto'

export interface Request {
  method: string
  host: string | undefined
  origin: string | undefined
  /** Of the address. */
  token: string | undefined
  cookie: string | undefined
}

interface Gate {
  port: number
  token: string
}

/** Why a request is refused, in a sentence; undefined for one that may pass. Pure. */
export function refusalOf({ method, host, origin, token, cookie }: Request, gate: Gate): string | undefined {
  const hosts = [`127.0.0.1:${gate.port}`, `localhost:${gate.port}`]
  if (!host || !hosts.includes(host))
    return `the console is at ${hosts.join(' or ')}, and the request was for the host "${host ?? ''}"`
  const own = `http://${host}`
  if (origin !== undefined && origin !== own)
    return `only pages of the console may talk to it, and the request came from a page of "${origin}"`
  if (origin === undefined && method !== 'GET')
    return 'a request that changes something must say its origin, and this one says none'
  if (isSame(token ?? cookie, gate.token)) return undefined
  return 'the token is missing or wrong; open the address that "squall up" printed'
}

function isSame(given: string | undefined, expected: string): boolean {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
