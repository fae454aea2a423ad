import { channel, noreply, ok } from '../../channels/index.ts'

interface RecurringOptions {
  everyMs?: number
  tokenFor(userId: unknown): Promise<string>
}

/** Sends its user a fresh token again and again, so that clients need not ask for one all at once (CH-127). */
export const recurringChannel = ({ everyMs = 5_000, tokenFor }: RecurringOptions) =>
  channel({
    name: 'RecurringChannel',
    join(_topic, _payload, { sendAfter }) {
      sendAfter(everyMs, 'send_token')
      return ok()
    },
    async handleInfo(_message, { assigns, push, sendAfter }) {
      // The next one first: a slow push does not move the rhythm.
      sendAfter(everyMs, 'send_token')
      const { userId } = assigns
      push('new_token', { token: await tokenFor(userId), user: { id: userId } })
      return noreply()
    },
  })
