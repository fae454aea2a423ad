/**
 * `false`: any origin. `true`: the host must be the public host. A list: `http://a.example`, `//a.example`, `//*.a.example:80`,
 * `chrome://extension-id`. A function: decides from the origin's parts (CH-30..CH-32).
 */
export type OriginRule = boolean | readonly string[] | ((origin: Origin) => boolean)

/** Whether a request with this Origin header may connect; requests without one may (CH-33). */
export function originAllowed(origin: string | undefined, publicHost: string, rule: OriginRule = true): boolean {
  if (origin === undefined || rule === false) return true
  const given = parseOrigin(origin)
  if (!given) return false
  if (rule === true) return given.host === publicHost
  if (typeof rule === 'function') return rule(given)
  return rule.some((allowed) => matches(given, allowed))
}

export interface Origin {
  scheme: string
  host: string
  /** The scheme's default if none was named; empty for a scheme without a default. */
  port: string
}

const defaultPorts: Record<string, string> = { http: '80', https: '443', ws: '80', wss: '443' }

/** Compares case-sensitively: a URL parser would lower the case, and `HTTP://ALLOWED.EXAMPLE` is not the allowed origin. */
function parseOrigin(text: string): Origin | undefined {
  const [, scheme, host, port] = /^([A-Za-z][\w+.-]*):\/\/([^/:?#\s]+)(?::(\d+))?$/.exec(text) ?? []
  if (!scheme || !host) return undefined
  return { scheme, host, port: port ?? defaultPorts[scheme] ?? '' }
}

function matches(given: Origin, allowed: string): boolean {
  const [, scheme, host, port] = /^(?:([^:]+):)?\/\/([^/:]+)(?::(\d+))?$/.exec(allowed) ?? []
  if (!host) return false
  if (scheme && scheme !== given.scheme) return false
  const wantedPort = port ?? (scheme ? defaultPorts[scheme] : undefined)
  if (wantedPort !== undefined && wantedPort !== given.port) return false
  if (!host.startsWith('*.')) return host === given.host
  return given.host === host.slice(2) || given.host.endsWith(host.slice(1))
}
