import type { Data } from '../recording.ts'

type Item = unknown

const selectors: Record<string, (item: Item) => boolean> = {
  even: (item) => Number(item) % 2 === 0,
  odd: (item) => Number(item) % 2 === 1,
}

export const readOptions = ({ max, min, cancel, partition, selector }: Data) => ({
  ...(max !== undefined && { max }),
  ...(min !== undefined && { min }),
  ...(cancel !== undefined && { cancel }),
  ...(partition !== undefined && { partition }),
  ...(selector !== undefined && { selector: selectors[selector]! }),
})

/** The subscriptions of a recorded stage, in the terms of the pipeline. */
export const readSubscriptions = (list: Data[] = []) =>
  list.map(({ to, ...options }) => ({ to: to as string, options: readOptions(options) }))
