import { exactly } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab, type LabTools } from '../lab.ts'
import { type Asked, ask } from './ask.ts'

/** A hundred requests at once, and the calls of the API so far. */
export interface CacheBurst {
  answers: readonly Asked<{ value?: number }>[]
  calls: number
}

export interface CacheRuns {
  empty: CacheBurst
  full: CacheBurst
  /** After the validity. */
  old: CacheBurst
  /** While the API fails, after the validity. */
  failing: CacheBurst
}

const count = 100
const validMs = 2_000
const apiMs = 300
/** For a timer of the harness that is early. */
const afterMs = 50

const ok = ({ answers }: CacheBurst) => answers.filter(({ status }) => status === 200).length
const said = (one: CacheBurst) => `${ok(one)} with 200, ${one.calls} calls so far`
const longest = ({ answers }: CacheBurst) => duration(Math.max(...answers.map(({ tookMs }) => tookMs)))

export const apiCache = defineLab<CacheRuns>({
  name: 'talk/api-cache',
  title: 'a hundred requests at once for the answer of an external API, before, within and after its validity',
  scaled: `The answer is good for ${validMs / 1_000} s instead of 60.`,
  predictions: [
    {
      says: 'a hundred requests at once make one call, also while it is under way',
      inText: '100 requests, 1 call',
      judge: ({ empty }) => exactly(ok(empty) === count && empty.calls === 1, said(empty)),
    },
    {
      says: 'a hundred more within the validity make none',
      judge: ({ full }) => exactly(ok(full) === count && full.calls === 1, said(full)),
    },
    {
      says: 'a hundred after it make one',
      judge: ({ old }) => exactly(ok(old) === count && old.calls === 2, said(old)),
    },
    {
      says: 'when the API fails, all who ask at once share the failure, and few calls are made',
      judge: ({ failing }) =>
        // Who comes after the failure asks again: with a hundred connections that is one more call at most.
        exactly(ok(failing) === 0 && failing.calls - 2 <= 2, `${said(failing)}, 503 for all others`),
    },
  ],
  async run(tools) {
    const env = { APPS: 'talk', TALK_CACHE_MS: String(validMs), TALK_PART_MS: String(apiMs) }
    const { directUrl, control, kill } = await tools.node(env)
    const burst = async (): Promise<CacheBurst> => {
      const answers = await Promise.all(Array.from({ length: count }, () => askRates(tools, directUrl)))
      const { talk } = (await control.state()) as unknown as { talk: { stubs: { rates: { calls: number } } } }
      return { answers, calls: talk.stubs.rates.calls }
    }
    const [empty, full] = [await burst(), await burst()]
    await tools.clock.sleep(validMs + afterMs)
    const old = await burst()
    await tools.clock.sleep(validMs + afterMs)
    await control.post('/talk/stub', { name: 'rates', fails: true })
    const failing = await burst()
    await kill()
    return { empty, full, old, failing }
  },
  figures: ({ empty, full, old }) => [
    { what: 'the slowest answer, before the first call', value: longest(empty) },
    { what: 'the slowest answer, within the validity', value: longest(full) },
    { what: 'the slowest answer, after it', value: longest(old) },
  ],
  charts: ({ empty, full, old }) => [
    {
      title: 'Answers, in the order in which they were asked for',
      x: 'request',
      y: 'ms',
      marks: 'dots',
      series: Object.entries({ 'before the first call': empty, 'within the validity': full, 'after it': old }).map(
        ([name, { answers }]) => ({ name, points: answers.map(({ tookMs }, index) => [index + 1, tookMs] as const) }),
      ),
    },
  ],
})

const askRates = (tools: LabTools, url: string) => ask<{ value?: number }>(tools, `${url}/talk/rates`)
