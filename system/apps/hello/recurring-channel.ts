import { channel, noreply, ok } from '../../channels/index.ts'

interface RecurringOptions {
  everyMs?: number
  tokenFor(userId: unknown): Promise<string>
}

/** Sends its user a fresh token periodically, so that clients do not all ask for one at the same time (CH-127). */
export const recurringChannel = ({ everyMs = 5_000, tokenFor }: RecurringOptions) =>
  channel({
    name: 'RecurringChannel',
    join(_topic, _payload, { sendAfter }) {
      sendAfter(everyMs, 'send_token')
      return ok()
    },
    async handleInfo(_message, { assigns, push, sendAfter }) {
      // Before the push, so that a slow one does not delay the next token.
      sendAfter(everyMs, 'send_token')
      const { userId } = assigns
      push('new_token', { token: await tokenFor(userId), user: { id: userId } })
      return noreply()
    },
  })
