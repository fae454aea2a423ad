import { pageFunctions } from './client/page.ts'
import { timelineFunctions } from './client/timeline.ts'

/** The script of a report. It is made of the sources of functions, so that a report needs no bundler, no build and no second file. */
export const script = `(() => {
'use strict'
${[...pageFunctions, ...timelineFunctions].map(sourceOf).join('\n')}
startPage()
startTimelines()
})()`

/** Without the room that the types have left. */
function sourceOf(part: (...all: never[]) => unknown): string {
  const lines = String(part)
    .split('\n')
    .map((line) => line.trimEnd())
  return lines.filter((line) => line !== '' && !line.trim().startsWith('//')).join('\n')
}

/** Returns a value as JSON that can stand in a script element. */
export const inlineJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')
