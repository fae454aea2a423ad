import { Agent as PlainAgent, type RequestOptions, request as requestPlain } from 'node:http'
import { request as requestTls, Agent as TlsAgent } from 'node:https'
import { systemClock as clock } from './clock.ts'

export interface HttpRequest {
  /** Default: GET. */
  method?: 'GET' | 'POST'
  headers?: Readonly<Record<string, string>>
  body?: string
  /** For the whole answer. */
  withinMs: number
  /** Ends the request. */
  signal?: AbortSignal
}

export interface HttpAnswer {
  status: number
  text: string
}

/** There was no whole answer in time. */
export class HttpTimeout extends Error {
  override name = 'HttpTimeout'
}

const plain = { send: requestPlain, agent: new PlainAgent({ keepAlive: true }) }
const tls = { send: requestTls, agent: new TlsAgent({ keepAlive: true }) }

/**
 * One request over a connection that is kept for the next one, for what is asked many times a second: it takes a fraction of the processor
 * time of `fetch`. Follows no redirects. Rejects with HttpTimeout, or with the error of the connection.
 */
export function sendHttp(url: string, { body, withinMs, ...given }: HttpRequest): Promise<HttpAnswer> {
  const { send, agent } = url.startsWith('https:') ? tls : plain
  return new Promise((resolve, reject) => {
    const request = send(url, { ...optionsOf(given, body), agent })
    const cancel = clock.after(withinMs, () => {
      reject(new HttpTimeout(`no answer within ${withinMs} ms`))
      request.destroy()
    })
    const fail = (error: Error) => {
      cancel()
      reject(error)
    }
    request.on('error', fail)
    request.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('error', fail)
      response.on('end', () => {
        cancel()
        resolve({ status: response.statusCode ?? 0, text })
      })
    })
    request.end(body)
  })
}

const optionsOf = ({ method = 'GET', headers = {}, signal }: Omit<HttpRequest, 'withinMs'>, body?: string) =>
  ({
    method,
    headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
    ...(signal && { signal }),
  }) satisfies RequestOptions
