import { jsonIn } from '../platform/json.ts'

/** What a long poll is answered (CH-19, CH-20). */
export interface PollAnswer {
  status: number
  token?: string
  messages?: string[]
}

/** Reads a body; undefined when it is no JSON, or not what a long poll is answered. */
export function pollAnswerIn(text: string): PollAnswer | undefined {
  const body = (jsonIn(text) ?? {}) as Partial<PollAnswer>
  const { status, messages = [] } = body
  const isAnswer =
    typeof status === 'number' && Array.isArray(messages) && messages.every((one) => typeof one === 'string')
  return isAnswer ? (body as PollAnswer) : undefined
}

/** Everything but messages, or none within the window, says that the session has ended. */
export const endsSession = ({ status }: PollAnswer): boolean => status !== 200 && status !== 204
