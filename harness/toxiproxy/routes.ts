import { parseBody, proxySpec, proxySpecs, read, readAttributes, toxicSpec } from './body.ts'
import { completeToxic, type ProxyCollection } from './collection.ts'
import { metricsText } from './metrics.ts'
import { toxics } from './toxics/index.ts'

/** The version of the API that this server implements. */
const version = '2.12.0'

export interface Answer {
  status: number
  contentType?: string
  text?: string
  isRefusal?: boolean
  /** The target of a redirect. */
  location?: string
}

interface Call {
  proxy: string
  toxic: string
  /** The body of the request. */
  text: string
}
type Handler = (call: Call) => Answer | Promise<Answer>

/** Maps method and path to a handler; `:name` in a path matches any one segment. */
export type Routes = Record<string, Record<string, Handler>>

const json = (status: number, value: unknown): Answer => ({
  status,
  contentType: 'application/json',
  text: JSON.stringify(value),
})
const nothing: Answer = { status: 204 }

/** Every route of the Toxiproxy API for a collection of proxies. A missing proxy or toxic is rejected before the body is parsed. */
export function routesOf(collection: ProxyCollection): Routes {
  const { find } = collection

  async function updateProxy({ proxy: name, text }: Call): Promise<Answer> {
    const proxy = find(name)
    const { listen, upstream, enabled } = read(proxySpec, parseBody(text))
    await proxy.update({ listen, upstream, enabled })
    return json(200, proxy.state())
  }

  function updateToxic({ proxy: name, toxic: toxicName, text }: Call): Answer {
    const proxy = find(name)
    const { type } = proxy.toxic(toxicName)
    const { attributes, toxicity } = read(toxicSpec, parseBody(text))
    const checked = readAttributes(toxics[type].attributes, attributes)
    return json(200, proxy.updateToxic(toxicName, { attributes: checked, toxicity }))
  }

  async function populate({ text }: Call): Promise<Answer> {
    const { failure, proxies } = await collection.populate(() => read(proxySpecs, parseBody(text)))
    const list = proxies.length > 0 ? proxies : null
    if (!failure) return json(201, { proxies: list })
    return json(failure.status, { error: failure.message, status: failure.status, proxies: list })
  }

  return {
    '/version': {
      GET: () => ({
        status: 200,
        contentType: 'application/json;charset=utf-8',
        text: `{"version": "${version}"}\n`,
      }),
    },
    '/metrics': {
      GET: () => ({
        status: 200,
        contentType: 'text/plain; version=0.0.4; charset=utf-8',
        text: metricsText(collection.all()),
      }),
    },
    '/reset': {
      POST: async () => {
        await collection.reset()
        return nothing
      },
    },
    '/populate': { POST: populate },
    '/proxies': {
      GET: () => json(200, Object.fromEntries(collection.all().map((proxy) => [proxy.name, proxy.state()]))),
      POST: async ({ text }) => json(201, (await collection.create(read(proxySpec, parseBody(text)))).state()),
    },
    '/proxies/:proxy': {
      GET: ({ proxy }) => json(200, find(proxy).state()),
      POST: updateProxy,
      PATCH: updateProxy,
      DELETE: async ({ proxy }) => {
        await collection.remove(proxy)
        return nothing
      },
    },
    '/proxies/:proxy/toxics': {
      GET: ({ proxy }) => json(200, find(proxy).toxics()),
      POST: ({ proxy, text }) => {
        const owner = find(proxy)
        return json(200, owner.addToxic(completeToxic(read(toxicSpec, parseBody(text)))))
      },
    },
    '/proxies/:proxy/toxics/:toxic': {
      GET: ({ proxy, toxic }) => json(200, find(proxy).toxic(toxic)),
      POST: updateToxic,
      PATCH: updateToxic,
      DELETE: ({ proxy, toxic }) => {
        find(proxy).removeToxic(toxic)
        return nothing
      },
    },
  }
}
