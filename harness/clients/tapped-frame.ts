import { jsonIn } from '../platform/json.ts'

export type TappedFrame = [joinRef: string | null, ref: string | null, topic: string, event: string, value: unknown]

/** Returns the parts of a frame that a tab of a browser sent or received; of what is no frame, empty ones. */
export const tappedFrame = (payload: string | Buffer): TappedFrame =>
  (jsonIn(String(payload)) as TappedFrame | undefined) ?? [null, null, '', '', undefined]
