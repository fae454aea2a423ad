import { channel, ok, refuse, reply } from '../../channels/index.ts'

/** Accepts `wild:a:b` if b is twice a; crashes the join if either is not an integer (CH-123). */
export const wildcardChannel = channel({
  name: 'WildcardChannel',
  join(topic) {
    const [a, b, ...rest] = topic.slice('wild:'.length).split(':').map(toInteger)
    return rest.length === 0 && b !== undefined && b === a! * 2 ? ok() : refuse()
  },
  handleIn(event) {
    if (event !== 'ping') throw new Error(`WildcardChannel has no handler for ${event}`)
    return reply('ok', { ping: 'pong' })
  },
})

function toInteger(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new Error(`"${text}" is not an integer`)
  return Number(text)
}
