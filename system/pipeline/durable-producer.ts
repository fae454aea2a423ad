import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { Runtime } from '../runtime/index.ts'
import type { Stage } from './contract.ts'
import { type PipelineItem, readItem } from './item.ts'
import { type Producer, type ProducerOptions, producerName } from './producer.ts'
import { startStage } from './stage.ts'

/** What is needed of a connection to PostgreSQL; a `Pool` of the package `pg` has it. */
export interface Database {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

export interface DurableProducerOptions extends ProducerOptions {
  database: Database
  /** Whose claims these are: a node that starts again takes back what it had claimed before. */
  owner: string
  clock: Clock
  log: Log
  /** A claim that is older belongs to nobody any more, so that the items of a dead node are handled elsewhere. */
  claimMs?: number
  /** How often to look for items that other nodes stored, and for claims of dead ones. */
  pollMs?: number
}

/** A push resolves once the item is stored. */
export interface DurableProducer extends Producer {
  push(item: unknown): Promise<void>
  pushTimed(item: unknown): Promise<void>
}

interface Row {
  id: string
  item: PipelineItem['item']
  enqueued_at: string | null
}

const sql = {
  create: `create table if not exists pipeline_items (
    id bigserial primary key,
    item jsonb not null,
    enqueued_at bigint,
    claimed_by text,
    claimed_at timestamptz)`,
  release: 'update pipeline_items set claimed_by = null, claimed_at = null where claimed_by = $1',
  store: 'insert into pipeline_items (item, enqueued_at) values ($1, $2)',
  // Rows that another node is claiming at this moment are passed over instead of waited for.
  claim: `update pipeline_items set claimed_by = $1, claimed_at = now()
    where id in (
      select id from pipeline_items
      where claimed_by is null or claimed_at < now() - make_interval(secs => $3)
      order by id limit $2
      for update skip locked)
    returning id, item, enqueued_at`,
  forget: 'delete from pipeline_items where id = $1 and claimed_by = $2',
  count: 'select count(*)::int as queued from pipeline_items where claimed_by is null',
}

/**
 * Keeps items in PostgreSQL until they are handled (PM-58): a kill of the stage or of the node loses none. An item whose handling was cut
 * off is handled again, so that handlers see each item at least once.
 */
export function durableProducer(runtime: Runtime, options: DurableProducerOptions): DurableProducer {
  const { database, owner, clock, log, claimMs = 60_000, pollMs = 1_000, name = producerName } = options
  /** Of the stage that runs now. */
  let wake = () => {}
  let hasTable = false
  /** What the owner had claimed before belongs to nobody now. */
  let hasReleased = false
  let preparing: Promise<void> | undefined

  /** One at a time: a release after a claim would give the claimed items away. */
  function prepare(): Promise<void> {
    preparing ??= prepareOnce().finally(() => {
      preparing = undefined
    })
    return preparing
  }

  async function prepareOnce() {
    if (!hasTable) await database.query(sql.create)
    hasTable = true
    if (!hasReleased) await database.query(sql.release, [owner])
    hasReleased = true
  }

  async function store(item: unknown, enqueuedAt: number | null) {
    await prepare()
    await database.query(sql.store, [JSON.stringify(readItem(item).item), enqueuedAt])
    wake()
  }

  async function claim(count: number): Promise<PipelineItem[]> {
    await prepare()
    const { rows } = await database.query(sql.claim, [owner, count, claimMs / 1_000])
    return (rows as Row[]).sort((a, b) => Number(a.id) - Number(b.id)).map(readRow)
  }

  function unreachable(error: unknown) {
    log.warn(
      { event: 'pipeline_database_unreachable', err: error },
      'items of the pipeline could not be read; trying again',
    )
  }

  /** One stage: what its consumers asked for, and the one query that is under way. */
  function startFetching(stage: () => Stage<PipelineItem>) {
    let open = 0
    let fetching = false
    let cancelPoll = () => {}

    async function fetch() {
      if (fetching || open === 0 || !stage().alive) return
      fetching = true
      cancelPoll()
      const wanted = open
      const items = await claim(wanted).catch(complain)
      fetching = false
      open -= items.length
      if (items.length > 0) stage().push(items)
      if (items.length === wanted) return void fetch()
      cancelPoll = clock.after(pollMs, () => void fetch())
    }

    function complain(error: unknown): PipelineItem[] {
      unreachable(error)
      return []
    }

    return {
      fetch: () => void fetch(),
      ask(count: number) {
        open += count
        void fetch()
      },
      stop: () => cancelPoll(),
    }
  }

  return {
    async start() {
      hasReleased = false
      // Without its database the stage starts all the same, and goes on asking.
      await prepare().catch(unreachable)
      const fetching = startFetching(() => stage)
      const stage: Stage<PipelineItem> = startStage<never, PipelineItem>(runtime, {
        kind: 'producer',
        name,
        // Bounded by what consumers ask for: only claimed items are here.
        buffer: { sizeMax: Number.POSITIVE_INFINITY },
        ...(options.dispatcher && { dispatcher: options.dispatcher }),
        handleDemand(count) {
          fetching.ask(count)
          return []
        },
      })
      stage.onExit(fetching.stop)
      wake = fetching.fetch
      return stage
    },
    push: (item) => store(item, null),
    pushTimed(item) {
      const enqueuedAt = clock.now()
      return store(item, enqueuedAt)
    },
    /** Does not reject: an item that could not be forgotten is handled again once its claim is too old. */
    async done({ storedAs }) {
      if (!storedAs) return
      await database.query(sql.forget, [storedAs, owner]).catch((error) => {
        log.warn({ event: 'pipeline_database_unreachable', err: error }, 'a handled item could not be removed')
      })
    },
    async queued() {
      const { rows } = await database.query(sql.count)
      return (rows as { queued: number }[])[0]!.queued
    },
  }
}

const readRow = ({ id, item, enqueued_at }: Row): PipelineItem => ({
  item,
  storedAs: id,
  ...(enqueued_at !== null && { enqueued_at: Number(enqueued_at) }),
})
