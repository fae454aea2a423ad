import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { openWireShopper, type WireShopper } from '../../../../harness/apps/store/wire-shopper.ts'
import type { Cluster } from '../../../../harness/cluster/cluster.ts'
import type { NewEvent } from '../../../../harness/history/operation.ts'
import { until } from '../../../../harness/platform/until.ts'

/** A shop with one answer for each post, which keeps what it was sent. */
class Shop {
  readonly posts: { path: string; cookie: string | undefined; form: Record<string, string> }[] = []
  readonly joins: Record<string, unknown>[] = []
  readonly sockets = new Set<WebSocket>()
  answers: ((response: ServerResponse) => void)[] = []
  private server!: Server
  private forms = 0

  async start(): Promise<{ host: string; port: number; url: string; name: string }> {
    this.server = createServer((request, response) => void this.answer(request, response))
    new WebSocketServer({ server: this.server }).on('connection', (socket) => this.serve(socket))
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    const { port } = this.server.address() as { port: number }
    return { host: '127.0.0.1', port, url: `http://127.0.0.1:${port}`, name: 'shoppers' }
  }

  stop() {
    for (const socket of this.sockets) socket.terminate()
    this.server.close()
    this.server.closeAllConnections()
  }

  form(key: string) {
    return `<script>window.cartId = "${'c'.repeat(64)}"</script><form class="checkout__form" method="post" action="/pay">
<input type="hidden" name="_csrf_token" value="a&amp;b"><input type="hidden" name="key" value="${key}">
<input type="hidden" name="serialized" value=""><input type="hidden" name="campaign" value="spring"></form>`
  }

  private async answer(request: IncomingMessage, response: ServerResponse) {
    const { url = '', method, headers } = request
    if (method === 'POST') {
      let body = ''
      for await (const chunk of request) body += chunk
      this.posts.push({ path: url, cookie: headers.cookie, form: Object.fromEntries(new URLSearchParams(body)) })
      return this.answers.shift()!(response)
    }
    if (url === '/thanks') return response.end('<script>window.cartAfter = "after"</script>')
    this.forms += 1
    response.setHeader('set-cookie', 'session=one; Path=/').end(this.form(`key-${this.forms}`))
  }

  private serve(socket: WebSocket) {
    this.sockets.add(socket)
    socket.on('close', () => this.sockets.delete(socket))
    socket.on('message', (data) => {
      const [joinRef, ref, topic, event, payload] = JSON.parse(String(data)) as [string, string, string, string, never]
      if (event === 'phx_join') this.joins.push(payload)
      socket.send(JSON.stringify([joinRef, ref, topic, 'phx_reply', { status: 'ok', response: {} }]))
      const cart = { items: [{ id: 1, out_of_stock: false }], serialized: `cart-${this.joins.length}` }
      if (event === 'phx_join') socket.send(JSON.stringify([joinRef, null, topic, 'cart', cart]))
    })
  }
}

const thanks = (response: ServerResponse) =>
  response.writeHead(303, { location: '/thanks', 'set-cookie': 'session=two; Path=/' }).end()

describe('a shopper without a browser', () => {
  const shops = { n1: new Shop(), n2: new Shop() }
  let shopper: WireShopper
  let events: NewEvent[]

  beforeEach(async () => {
    shops.n1 = new Shop()
    shops.n2 = new Shop()
    events = []
    const links = { n1: await shops.n1.start(), n2: await shops.n2.start() }
    const nodes = Object.keys(links).map((name) => ({ name, hasWeb: true }))
    const link = async (_from: string, to: 'n1' | 'n2') => links[to]
    const cluster = { nodes, links: { link } } as unknown as Cluster
    const record = (event: NewEvent) => events.push(event)
    const begin = (who: string, operation: string, value: object) => ({
      end: (type: 'ok' | 'failed' | 'unsure') => record({ who, operation, value, type }),
    })
    shopper = await openWireShopper({ name: 'ann', node: 'n1', cluster, recorder: { record, begin } as never })
  })
  afterEach(() => {
    shopper.close()
    for (const shop of Object.values(shops)) shop.stop()
  })

  const key = (shop: Shop, post: number) => shop.posts[post]?.form.key

  it('sends every field of the form that it was given, to where the form goes', async () => {
    shops.n1.answers = [thanks]
    expect(await shopper.buy()).toBe('ok')
    expect(shops.n1.posts).toEqual([
      {
        path: '/pay',
        cookie: 'session=one',
        form: { _csrf_token: 'a&b', key: 'key-1', campaign: 'spring', serialized: 'cart-1' },
      },
    ])
  })

  it('is off its page after a purchase: the next page joins with the cart that it brings along', async () => {
    shops.n1.answers = [thanks]
    await shopper.buy()
    await until(() => shops.n1.joins.length === 2, { what: 'the next page joins', withinMs: 2_000 })
    expect(shops.n1.joins[1]).toEqual({ serialized: 'cart-1', own: 'after', page: '/thanks' })
    await until(() => shops.n1.sockets.size === 1, { what: 'the page before is closed', withinMs: 2_000 })
  })

  it('sends a form that was answered with a form again as it was answered, with the cookies that came with it', async () => {
    shops.n1.answers = [
      (response) => response.writeHead(409, { 'set-cookie': 'session=new; Path=/' }).end(shops.n1.form('answered')),
      thanks,
    ]
    expect([await shopper.buy(), await shopper.buy()]).toEqual(['failed', 'ok'])
    expect([key(shops.n1, 0), key(shops.n1, 1)]).toEqual(['key-1', 'answered'])
    expect(shops.n1.posts[1]?.cookie).toBe('session=new')
    const again = events.find(({ operation }) => operation === 'form-again')
    expect(again?.value).toEqual({ shopper: 'ann', status: 409, sent: 'key-1', answered: 'answered', problem: '' })
  })

  it('tries another node when its own gave no answer, with the same form', async () => {
    shops.n1.answers = [(response) => response.destroy()]
    shops.n2.answers = [thanks]
    expect([await shopper.buy(), await shopper.buy()]).toEqual(['unsure', 'ok'])
    expect(key(shops.n2, 0)).toBe('key-1')
  })

  it('loads a new form for another order, and none to send the same one again', async () => {
    shops.n1.answers = [thanks, thanks, thanks]
    await shopper.buy()
    await shopper.buy({ again: true })
    await shopper.buy()
    expect(shops.n1.posts.map(({ form }) => form.key)).toEqual(['key-1', 'key-1', 'key-2'])
  })
})
