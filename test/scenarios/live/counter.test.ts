import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { clickInLivePage } from '../../../scenarios/live/counter.ts'

const answerAfterMs = 20

/**
 * A live page whose node answers after a while. Until then the button has a mark, as the official client gives it, and takes no other click;
 * waiting for a selector ends as in Playwright.
 */
function livePage() {
  const clicked: string[] = []
  let answered: Promise<void> | undefined
  const page = {
    getByRole: (_role: string, { name }: { name: string }) => ({
      async click() {
        if (answered) return
        clicked.push(name)
        answered = sleep(answerAfterMs).then(() => {
          answered = undefined
        })
      },
    }),
    async waitForSelector(selector: string, { state }: { state: string }) {
      const isMarked = selector === '[data-phx-ref-src]'
      if (isMarked && (state === 'detached' || state === 'hidden')) await answered
      else if (!isMarked || !answered) throw new Error(`${selector} never is ${state}`)
    },
  }
  return { clicked, page: page as unknown as Parameters<typeof clickInLivePage>[0] }
}

it('clicks on a live page count each, because the next one waits until the last was answered', async () => {
  const { clicked, page } = livePage()
  for (const button of ['+', '+', '-']) await clickInLivePage(page, button)
  expect(clicked).toEqual(['+', '+', '-'])
})
