import { ControlError } from '../../cluster/control-client.ts'
import type { ClusterNode } from '../../cluster/node.ts'
import { sendHttp } from '../../platform/http.ts'

/** One thing to be done, as the pages and the JSON of a node have it. */
export interface TodoEntry {
  id: number
  date: string
  title: string
}

/** What is to be added; `titles` are added at the same time. */
export interface NewEntries {
  name: string
  date: string
  titles: readonly string[]
}

/** A list that many opened at the same moment. */
export interface Opened {
  callers: number
  /** Callers that were given no server. */
  refused: number
  /** The ids of the actors that the others were given. */
  servers: string[]
  /** How many servers were started for it meanwhile. */
  started: number
}

/** Longer than a call of an actor is waited for, after which the node itself says what is wrong. */
const withinMs = 12_000
const path = '/todo/entries'

async function ask<T>(url: string, body?: object): Promise<T> {
  const { status, text } = await sendHttp(url, {
    withinMs,
    ...(body && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  // A page for people says no more than the status does.
  if (status >= 400) throw new ControlError(status, `${path}: ${status} ${text.startsWith('<') ? '' : text}`.trimEnd())
  return JSON.parse(text) as T
}

type Web = Pick<ClusterNode, 'directUrl'>

/** Rejects with ControlError when the node cannot or will not. */
export const addEntries = async ({ directUrl }: Web, { titles, ...of }: NewEntries): Promise<TodoEntry[]> =>
  (await ask<{ entries: TodoEntry[] }>(`${directUrl}${path}`, { ...of, titles: titles.join('\n') })).entries

/** The same. */
export const readEntries = async ({ directUrl }: Web, name: string): Promise<TodoEntry[]> =>
  (await ask<{ entries: TodoEntry[] }>(`${directUrl}${path}?${new URLSearchParams({ name })}`)).entries

export const openList = ({ control }: Pick<ClusterNode, 'control'>, name: string, callers: number) =>
  control.post<Opened>('/todo/open', { name, callers })
