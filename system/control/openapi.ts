import { z } from 'zod'
import type { ControlAction } from './action.ts'

type Schema = Record<string, unknown>

const text = { type: 'string' }
const count = { type: 'integer', minimum: 0 }
const record = (values: Schema): Schema => ({ type: 'object', additionalProperties: values })
const object = (properties: Record<string, Schema>, required: readonly string[] = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  required,
})
const listOf = (items: Schema): Schema => ({ type: 'array', items })

/** What every node answers to `GET`, whatever its applications; applications add members. */
const questions: Record<string, { summary: string; answer: Schema; whenNot?: string }> = {
  '/health': {
    summary: 'The node runs.',
    answer: object({ node: text, pid: count, uptimeMs: count }, ['node']),
  },
  '/ready': {
    summary: 'Whether the node can serve, and which other nodes it sees.',
    answer: object({ ready: { type: 'boolean' }, peers: record({ type: 'boolean' }) }, ['ready']),
    whenNot: 'The same, of a node that is not ready.',
  },
  '/state': {
    summary: 'What the node holds and has counted.',
    answer: object(
      {
        node: text,
        subscriptions: record(count),
        connections: listOf(object({ id: text, socket: text, topics: listOf(text) })),
        pushes: { ...record(count), description: 'Handled pushes by kind of channel, such as PingChannel.' },
        peers: record(object({ connected: { type: 'boolean' } })),
        hibernated: { ...count, description: 'Actors that hibernate after a time without a message.' },
        counters: record({ type: 'number' }),
        holds: { type: 'object' },
        sent: {
          ...record(object({ messages: count, bytes: count, topics: count })),
          description: 'Sent to other nodes, by the first part of the topic; heartbeats as beat.',
        },
      },
      ['connections'],
    ),
  },
  '/actors': {
    summary: 'Everything that can be killed alone.',
    answer: object({
      actors: listOf(
        object(
          {
            ...{ id: text, name: text, role: text, mailboxLength: count, handled: count },
            ...{ alive: { type: 'boolean' }, hibernated: { type: 'boolean' } },
          },
          ['id'],
        ),
      ),
    }),
  },
  '/memory': {
    summary: 'What the process uses now, garbage included.',
    answer: object({ heapBytes: count, rssBytes: count }),
  },
}

const json = (schema: Schema) => ({ content: { 'application/json': { schema } } })
const refusal = (description: string) => ({ description, ...json(object({ error: text })) })
const refused = { '401': refusal('The secret is missing or wrong.') }

/** The control API as an OpenAPI document, made from the actions that the port offers. Pure. */
export function openApiOf(actions: readonly Pick<ControlAction, 'path' | 'summary' | 'body'>[]) {
  const asked = Object.entries(questions).map(([path, { summary, answer, whenNot }]) => [
    path,
    {
      get: {
        summary,
        responses: {
          '200': { description: 'The answer.', ...json(answer) },
          ...(whenNot !== undefined && { '503': { description: whenNot, ...json(answer) } }),
          ...refused,
        },
      },
    },
  ])
  const done = actions.map(({ path, summary, body }) => [
    path,
    {
      post: {
        summary,
        requestBody: { required: true, ...json(bodySchemaOf(body)) },
        responses: {
          '200': { description: 'It was done.', ...json({ type: 'object' }) },
          '400': refusal('The body is not what the action takes.'),
          '404': refusal('What the body names is not there; the error says its name.'),
          '503': refusal('The node cannot do it now.'),
          ...refused,
        },
      },
    },
  ])
  return {
    openapi: '3.1.0',
    info: {
      title: 'Control port of a node',
      version: '1.0.0',
      description:
        'Everything is optional for a system of somebody else: what it answers with 404, 405 or 501 is skipped.',
    },
    security: [{ secret: [] }],
    paths: Object.fromEntries([...asked, ...done]),
    components: { securitySchemes: { secret: { type: 'http', scheme: 'bearer' } } },
  }
}

function bodySchemaOf(body: z.ZodType): Schema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(body, { io: 'input' }) as Schema
  return schema
}
