import { parseSetCookie } from 'cookie'

/** The cookies of one browser. A browser keeps them by host, so all nodes of a cluster on one machine share them. */
export interface CookieJar {
  /** The value of the `cookie` header of a request; empty when there is nothing to send. */
  header(path: string): string
  /** Takes over what the answer to a request for a path sets, replaces and deletes. */
  take(answer: Response, path: string): void
}

/** Does with the attributes of a cookie what a browser does: another path is not sent it, one that has expired is forgotten. */
export function createCookieJar(nowMs: () => number): CookieJar {
  const kept = new Map<string, { value: string; path: string; endMs: number }>()

  function put(line: string, requested: string) {
    // A browser sends back what it was sent, undecoded.
    const { name, value = '', path, maxAge, expires } = parseSetCookie(line, { decode: (text) => text })
    const endMs = maxAge === undefined ? (expires?.getTime() ?? Number.POSITIVE_INFINITY) : nowMs() + maxAge * 1_000
    if (endMs <= nowMs()) kept.delete(name)
    else kept.set(name, { value, path: path?.startsWith('/') ? path : folderOf(requested), endMs })
  }

  return {
    header: (path) =>
      [...kept]
        .filter(([, cookie]) => cookie.endMs > nowMs() && isBelow(path, cookie.path))
        .map(([name, { value }]) => `${name}=${value}`)
        .join('; '),
    take(answer, path) {
      for (const line of answer.headers.getSetCookie()) put(line, path)
    },
  }
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/'

const isBelow = (path: string, of: string) =>
  path === of || (path.startsWith(of) && (of.endsWith('/') || path[of.length] === '/'))
