import { channel, ok, refuse, reply } from '../../channels/index.ts'

/** `wild:a:b` is joined when b is the double of a; what is no number ends the join as a crash (CH-123). */
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
