import { z } from 'zod'
import { type ConfigOf, configPart, positiveInteger } from '../../platform/config.ts'

const wholeNumber = z.coerce.number().int().min(0)
const hourMs = 3_600_000
const monthMs = 30 * 24 * hourMs

/** How slow the stubs are, and the periods of the background work (RT-37, RT-42, RT-46). */
export const talkConfig = configPart({
  variables: {
    /** How long the calculation and each of the two external calls of the dashboard take. */
    TALK_PART_MS: wholeNumber.default(1_000),
    /** A part of the parallel dashboard that takes longer is shown as unavailable. */
    TALK_PART_LIMIT_MS: positiveInteger.default(5_000),
    /** How long it takes to track a request. */
    TALK_TRACKING_MS: wholeNumber.default(200),
    /** How long each step of an export takes on top of its own work. */
    TALK_EXPORT_STEP_MS: wholeNumber.default(1_000),
    TALK_EXPORT_ROWS: positiveInteger.max(100_000).default(2_000),
    /** An export that is not over by then has failed. */
    TALK_EXPORT_LIMIT_MS: positiveInteger.default(60_000),
    /** An export within its request is given up after this time, as a proxy in front of the node would do. */
    TALK_REQUEST_LIMIT_MS: positiveInteger.default(4_000),
    /** How long an answer of the external API is valid. */
    TALK_CACHE_MS: positiveInteger.default(60_000),
    /** How many seats can be taken. */
    TALK_SEATS: positiveInteger.default(10_000),
    /** How long a job takes. */
    TALK_JOB_MS: wholeNumber.default(200),
    /** How long a job belongs to the node that claimed it: it must be over by then, and the job of a dead node waits that long. */
    TALK_CLAIM_MS: positiveInteger.default(30_000),
    /** How long after its start, and how often, a node looks for jobs that were not announced to it. */
    TALK_LOOK_MS: positiveInteger.default(60_000),
    /** The period of the scheduled work. */
    TALK_SCHEDULE_MS: positiveInteger.default(hourMs),
    /** The scheduled work deletes exports and jobs that ended longer ago than this. */
    TALK_KEEP_MS: positiveInteger.default(monthMs),
  },
  problem({ DATABASE_URL, TALK_JOB_MS: jobMs, TALK_CLAIM_MS: claimMs }) {
    if (!DATABASE_URL) return 'DATABASE_URL is missing: jobs, exports and the times of scheduled work are kept there'
    return jobMs < claimMs
      ? undefined
      : `TALK_JOB_MS is ${jobMs} and TALK_CLAIM_MS ${claimMs}: a job must be over before its claim is`
  },
})

export type TalkVariables = typeof talkConfig.variables
export type TalkConfig = ConfigOf<TalkVariables>
