import type { Recorder } from '../../history/recorder.ts'

interface Answer {
  status: string
  response?: { error?: string }
}

/** Records the cart requests of one connection as sent over the wire, and how each request ended. */
export function createCartChanges(who: string, recorder: Recorder) {
  const [shopper = who] = who.split('#')
  const open = new Map<string, ReturnType<Recorder['begin']>>()

  return {
    sent(ref: string, event: string, value: unknown) {
      if (event !== 'add_item' && event !== 'remove_item') return
      const itemId = Number((value as { item_id?: unknown }).item_id)
      open.set(ref, recorder.begin(who, event, { shopper, itemId }))
    },
    answered(ref: string, value: unknown) {
      const { status, response } = value as Answer
      if (status === 'ok') open.get(ref)?.end('ok')
      else open.get(ref)?.end('failed', response?.error ?? 'refused')
      open.delete(ref)
    },
    /** The connection is lost: each request without a reply may or may not have taken effect. */
    lost() {
      for (const request of open.values()) request.end('unsure', 'the connection was lost')
      open.clear()
    },
  }
}
