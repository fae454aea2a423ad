import { sendHttp } from '../../platform/http.ts'
import { jsonIn } from '../../platform/json.ts'
import type { LabTools } from '../lab.ts'

/** An answer of a demo, and how long it took. */
export interface Asked<T = unknown> {
  status: number
  body: T
  tookMs: number
}

const answerWithinMs = 30_000

/** GET of a demo, or POST where there is a body. */
export async function ask<T>({ clock }: Pick<LabTools, 'clock'>, url: string, body?: object): Promise<Asked<T>> {
  const startedMs = clock.monotonicMs()
  const { status, text } = await sendHttp(url, {
    withinMs: answerWithinMs,
    ...(body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return { status, body: (jsonIn(text) ?? text) as T, tookMs: clock.monotonicMs() - startedMs }
}
