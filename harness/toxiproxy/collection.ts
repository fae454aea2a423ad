import type { Clock } from '../platform/clock.ts'
import { type ProxySpec, readAttributes, type toxicSpec } from './body.ts'
import { streams } from './connection.ts'
import { ApiError, apiErrors } from './errors.ts'
import { createProxy, type LinkProxy, type ProxyState, streamOf, type ToxicState } from './proxy.ts'
import { isToxicType, toxics } from './toxics/index.ts'

type ToxicWish = ReturnType<typeof toxicSpec.parse>

export interface Populated {
  failure: ApiError | undefined
  proxies: ProxyState[]
}

export type ProxyCollection = ReturnType<typeof createCollection>

/** All proxies of a server, by name. */
export function createCollection(chance: { clock: Clock; random(): number }) {
  const proxies = new Map<string, LinkProxy>()

  const find = (name: string): LinkProxy => {
    const proxy = proxies.get(name)
    if (!proxy) throw apiErrors.proxyNotFound()
    return proxy
  }

  function requireFields({ name, upstream }: ProxySpec, place = '') {
    if (!name) throw apiErrors.missingField(`name${place}`)
    if (!upstream) throw apiErrors.missingField(`upstream${place}`)
    return { name, upstream }
  }

  /** Adds the proxy only if it could start. */
  async function open(spec: ProxySpec): Promise<LinkProxy> {
    const proxy = createProxy({ ...requireFields(spec), listen: spec.listen ?? '', ...chance })
    if (spec.enabled ?? true) await proxy.start()
    proxies.set(proxy.name, proxy)
    return proxy
  }

  async function create(spec: ProxySpec): Promise<LinkProxy> {
    const { name } = requireFields(spec)
    if (proxies.has(name)) throw apiErrors.proxyExists()
    return open(spec)
  }

  /** Keeps a proxy that already has these addresses, with its toxics; replaces one with the same name and other addresses. */
  async function openOrKeep(spec: ProxySpec): Promise<LinkProxy> {
    const { name, upstream } = requireFields(spec)
    const old = proxies.get(name)
    if (!old) return open(spec)
    if (!(await old.differs({ listen: spec.listen ?? '', upstream }))) return old
    await old.stop()
    return open(spec)
  }

  return {
    find,
    create,
    /** Returns all proxies, sorted by name. */
    all: () => [...proxies.keys()].sort().map(find),
    async remove(name: string) {
      await find(name).stop()
      proxies.delete(name)
    },
    /** Opens nothing unless all are complete. Stops at the first proxy that cannot be opened and keeps those opened before it. */
    async populate(readSpecs: () => ProxySpec[]): Promise<Populated> {
      const opened: ProxyState[] = []
      try {
        const specs = readSpecs()
        for (const [index, spec] of specs.entries()) requireFields(spec, ` at proxy ${index + 1}`)
        for (const spec of specs) opened.push((await openOrKeep(spec)).state())
      } catch (error) {
        if (error instanceof ApiError) return { failure: error, proxies: opened }
        throw error
      }
      return { failure: undefined, proxies: opened }
    },
    async reset() {
      for (const proxy of proxies.values()) {
        await proxy.start()
        proxy.removeAllToxics()
      }
    },
    async close() {
      for (const proxy of proxies.values()) await proxy.stop()
    },
  }
}

/** Returns the requested toxic with defaults for what the client omitted. */
export function completeToxic({ type, name, stream = 'downstream', toxicity = 1, attributes }: ToxicWish): ToxicState {
  if (!streams.includes(streamOf({ stream }))) throw apiErrors.invalidStream()
  if (!isToxicType(type)) throw apiErrors.invalidType()
  const known = toxics[type].attributes
  return {
    attributes: { ...known, ...readAttributes(known, attributes) },
    name: name || `${type}_${stream}`,
    type,
    stream,
    toxicity,
  }
}
