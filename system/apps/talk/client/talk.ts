import { type Channel, Socket } from 'phoenix'
import './talk.css'

/** The script of the demos. */
const heartbeatIntervalMs = Number(document.body.dataset.heartbeatMs) || 30_000
const socket = new Socket('/talk_socket', { heartbeatIntervalMs })

const parts = ['compute', 'slow', 'also_slow'] as const
type Part = { value: number } | { error: string }

const find = <E extends HTMLElement>(selector: string) => document.querySelector<E>(selector)!

async function getJson<T>(url: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(url, init)
  if (!answer.ok) throw new Error(`answered ${answer.status}`)
  return answer.json()
}

const postJson = <T>(url: string, body: object) =>
  getJson<T>(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

function showPart(name: string, part: Part) {
  const place = find(`[data-part="${name}"]`)
  place.textContent = 'value' in part ? `answer ${part.value}` : part.error
  place.classList.toggle('unavailable', 'error' in part)
}

/** Loads the page in one way and shows how long it took. */
async function load(way: string) {
  for (const name of [...parts, 'took']) find(`[data-part="${name}"]`).textContent = '…'
  const fail = find<HTMLInputElement>('[name="fail"]').checked ? '?fail=slow' : ''
  const startedMs = performance.now()
  const loaded = way === 'browser' ? await loadInBrowser(fail) : await loadOnServer(`/talk/${way}${fail}`)
  for (const name of parts) showPart(name, loaded[name])
  find('[data-part="took"]').textContent = `${Math.round(performance.now() - startedMs)} ms`
}

const unavailable = (error: Error): Part => ({ error: error.message })

const loadOnServer = (url: string) =>
  getJson<Record<(typeof parts)[number], Part>>(url).catch((error) => {
    const part = unavailable(error)
    return { compute: part, slow: part, also_slow: part }
  })

async function loadInBrowser(fail: string) {
  const all = parts.map((name) => getJson<Part>(`/talk/parts/${name}${fail}`).catch(unavailable))
  const [compute, slow, alsoSlow] = await Promise.all(all)
  return { compute: compute!, slow: slow!, also_slow: alsoSlow! }
}

const say = (name: string, ...content: (string | Node)[]) => find(`[data-value="${name}"]`).replaceChildren(...content)

function linkTo(url: string) {
  const link = document.createElement('a')
  link.href = url
  link.textContent = 'download'
  return link
}

const format = () => find<HTMLSelectElement>('[name="format"]').value
const bar = find<HTMLProgressElement>('progress')

interface Progress {
  status?: string
  step?: string
  done?: number
  total?: number
  url?: string
  reason?: string
}

/** Starts an export and shows how it goes on; resolves when it is over. */
async function exportWithProgress() {
  bar.value = 0
  say('export', 'It is being asked for …')
  const { topic } = await postJson<{ topic: string }>('/talk/exports', { format: format() })
  socket.connect()
  await new Promise<void>((resolve) => follow(socket.channel(topic), resolve))
}

function follow(channel: Channel, isOver: () => void) {
  const end = (...content: (string | Node)[]) => {
    say('export', ...content)
    channel.leave()
    isOver()
  }
  const progressed = ({ step, done, total }: Progress) => {
    bar.value = done ?? 0
    say('export', step ? `${step} is done, step ${done} of ${total}` : 'It has begun.')
  }
  const finished = ({ url }: Progress) => {
    bar.value = bar.max
    end('Done: ', linkTo(url!))
  }
  const failed = ({ reason }: Progress) => end(`It failed: ${reason}`)
  const joined = (state: Progress) =>
    state.status === 'done' ? finished(state) : state.status === 'failed' ? failed(state) : progressed(state)
  channel.on('progress', progressed)
  channel.on('done', finished)
  channel.on('failed', failed)
  // The client joins again by itself, and the answer says how far it is.
  const lost = () => say('export', 'The connection is lost. Trying again …')
  channel.onError(lost)
  channel.join().receive('ok', joined).receive('error', failed).receive('timeout', lost)
}

async function exportNow() {
  say('export', 'The request does all of it …')
  const { url } = await postJson<{ url: string }>('/talk/exports/now', { format: format() })
  say('export', 'Done: ', linkTo(url))
}

interface Job {
  status: string
  node: string | null
}

/** Adds a job and follows it in a line of its own. */
async function addJob() {
  const priority = Number(find<HTMLInputElement>('[name="priority"]').value)
  const line = document.createElement('li')
  find('.jobs').append(line)
  await followJob(priority, line).catch((error: Error) => {
    line.textContent = `priority ${priority}: nothing is known of it, ${error.message}`
  })
}

/** Asks for the job until it has ended. */
async function followJob(priority: number, line: HTMLElement) {
  const { id } = await postJson<{ id: string }>('/talk/jobs', { priority })
  for (let status = ''; status !== 'done' && status !== 'failed'; ) {
    const job = await getJson<Job>(`/talk/jobs/${id}`)
    status = job.status
    line.textContent = `priority ${priority}: ${status}${job.node ? ` on ${job.node}` : ''}`
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

const hundredTimes = <T>(ask: () => Promise<T>) => Promise.all(Array.from({ length: 100 }, ask))

async function askRates() {
  const answers = await hundredTimes(() => getJson<{ value: number }>('/talk/rates'))
  const calls = new Set(answers.map(({ value }) => value)).size
  say('rates', `100 answers from ${calls} call${calls === 1 ? '' : 's'} of the API: its answer ${answers[0]!.value}`)
}

async function takeSeats() {
  const answers = await hundredTimes(() => postJson<{ left: number }>('/talk/seats', { seats: 1 }))
  const left = answers.map((answer) => answer.left).sort((a, b) => b - a)
  say('seats', `100 answers, ${new Set(left).size} different numbers: from ${left[0]} to ${left.at(-1)} left`)
}

const runs: Readonly<Record<string, () => Promise<void>>> = {
  serial: () => load('serial'),
  parallel: () => load('parallel'),
  browser: () => load('browser'),
  export: exportWithProgress,
  'export-now': exportNow,
  job: addJob,
  rates: askRates,
  seats: takeSeats,
}

/** Where a demo says that it failed. */
const places: Readonly<Record<string, string>> = {
  export: 'export',
  'export-now': 'export',
  rates: 'rates',
  seats: 'seats',
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-run]'))
  button.addEventListener('click', async () => {
    const name = button.dataset.run!
    button.disabled = true
    try {
      await runs[name]!()
    } catch (error) {
      if (places[name]) say(places[name], `It failed: ${(error as Error).message}`)
    } finally {
      button.disabled = false
    }
  })
