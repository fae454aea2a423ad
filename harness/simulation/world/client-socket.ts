import type { End, Network } from './network.ts'

const [connecting, open, closing, closed] = [0, 1, 2, 3]

/** As a browser's WebSocket, for the official client: a class whose instances dial over the simulated network. */
export function webSocketClass(network: Network, from: string) {
  return class SimulatedWebSocket {
    readyState: number = connecting
    readonly bufferedAmount = 0
    onopen: () => void = () => {}
    onmessage: (event: { data: string }) => void = () => {}
    onerror: (error: unknown) => void = () => {}
    onclose: (event: { code: number }) => void = () => {}
    private readonly end: End

    constructor(url: string) {
      const { host, pathname, search } = new URL(url)
      this.end = network.connect(from, `${host}:web`, `${pathname}${search}`)
      this.end.onOpen = () => {
        this.readyState = open
        this.onopen()
      }
      this.end.onMessage = (data) => this.onmessage({ data })
      this.end.onClose = (code) => {
        this.readyState = closed
        this.onclose({ code })
      }
    }

    send(text: string) {
      this.end.send(text)
    }

    close(code = 1000) {
      if (this.readyState === closed) return
      this.readyState = closing
      this.end.close(code)
    }
  }
}
