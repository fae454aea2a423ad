/** What a page of the shop said, or kept silent about, where its own sockets knew better. */
export interface PageNote {
  /** `watched` once for each document that joins a topic. */
  kind: 'watched' | 'contradiction'
  /** In words: what it said, and what was so. */
  text: string
  /** By the clock of the page. */
  atMs: number
}

/**
 * Returns a WebSocket class that compares what the page says of its connection and of its shopper's clicks with what its sockets hear. Time
 * is counted in looks, whose timer is as late as the page's own: a slow machine proves nothing. Runs in the page, so it uses nothing from
 * outside.
 */
export function watchPage(Base: typeof WebSocket, note: (note: PageNote) => void): typeof WebSocket {
  const paths = ['/product_socket/websocket', '/admin_socket/websocket']
  const lookEveryMs = 200
  /** A dashboard looks at its connection every half second, and claims at once that it is lost. */
  const claimLooks = 5
  /** A page of the shop says nothing of what is over soon; and any page hears at its next heartbeat that its connection works. */
  const patientLooks = 30
  /** The official client waits ten seconds for the answer to a push. */
  const unansweredLooks = 75
  /** A sentence stays for six seconds from the message on; without a message it is seen only some time after it was said. */
  const [staysMs, staysUnaskedMs] = [5_950, 3_000]
  const clickable = '.size-container__entry, .cart-item__remove'

  /** The topics that the page wants: the reference of its last join, and whether that was answered with ok. */
  const topics = new Map<string, { joinRef: string; isJoined: boolean }>()
  const asked = new Map<string, { event: string; look: number }>()
  let clicks: { what: string; look: number }[] = []
  /** Whether the page handles a click now: what a scenario asks past the page is not the page's to answer for. */
  let isClicked = false
  let current: WebSocket | undefined
  let look = 0
  let [calmLooks, alarmLooks, heardInAlarm] = [0, 0, 0]
  let said = { text: '', atMs: 0, staysMs: 0 }
  let judgeAnswer = () => {}
  /** When the message came that the page handles now. */
  let messageMs: number | undefined

  const say = (kind: PageNote['kind'], text: string) =>
    note({ kind, text, atMs: performance.timeOrigin + performance.now() })
  const toast = () => document.querySelector('.toast')?.textContent ?? ''
  const nameOf = (topic: string) => topic.replace(/^cart:.*/, 'cart:[id]')

  function sent([, ref, topic, event]: string[]) {
    if (event === 'phx_join') {
      if (topics.size === 0) say('watched', location.pathname)
      topics.set(topic!, { joinRef: ref!, isJoined: false })
    } else if (event === 'phx_leave') left(topic!)
    else if (isClicked) asked.set(ref!, { event: event!, look })
  }

  /** The official client also leaves a topic whose join is not answered in time: it wants it all the same, and joins again later. */
  function left(topic: string) {
    if (topics.get(topic)?.isJoined) topics.delete(topic)
    else topics.set(topic, { joinRef: '', isJoined: false })
  }

  function heard([joinRef, ref, topic, event, payload]: [string, string, string, string, { status: string }]) {
    const known = topics.get(topic)
    if (known && known.joinRef === joinRef) {
      if (event !== 'phx_reply') known.isJoined = false
      else if (ref === joinRef) known.isJoined = payload.status === 'ok'
    }
    const question = event === 'phx_reply' ? asked.get(ref) : undefined
    if (!question) return
    asked.delete(ref)
    // The page hears it after this; whatever comes next must find its sentence.
    judgeAnswer = () => {
      judgeAnswer = () => {}
      judge(question, payload.status)
    }
    setTimeout(() => judgeAnswer(), 0)
  }

  function judge({ event, look: askedLook }: { event: string; look: number }, status: string) {
    const text = toast()
    const isLate = look - askedLook > unansweredLooks / 2 || /does not answer/.test(text)
    const done = event === 'add_item' ? 'It is in your cart.' : 'It is out of your cart.'
    if (!isLate && (text === '' || (text === done) !== (status === 'ok')))
      say('contradiction', `says ${JSON.stringify(text)} when its ${event} is answered with ${status}`)
  }

  /** What is wrong with the connection, in words; undefined while it works. */
  function trouble(): string | undefined {
    if (current?.readyState !== 1) return 'its connection is not open'
    const [missing] = [...topics].find(([, { isJoined }]) => !isJoined) ?? []
    return missing && `${nameOf(missing)} is not joined`
  }

  function lookAtConnection() {
    const text = document.querySelector('.connection, .staleness__text')?.textContent
    if (text === undefined || text === null || topics.size === 0) return
    const isCalm = text === '' || text.startsWith('Live')
    const wrong = trouble()
    calmLooks = isCalm && wrong !== undefined ? calmLooks + 1 : 0
    if (calmLooks === (text === '' ? patientLooks : claimLooks))
      say('contradiction', `${text === '' ? 'says nothing of its connection' : `says "${text}"`}, and ${wrong}`)
    const isAlarm = /^(Connection lost|No answer|The shop does not answer)/.test(text)
    alarmLooks = isAlarm && wrong === undefined ? alarmLooks + 1 : 0
    if (alarmLooks === 0) heardInAlarm = 0
    if (alarmLooks === patientLooks && heardInAlarm > 1)
      say('contradiction', `says "${text}", and it has joined all its topics and hears from the server`)
  }

  function lookAtClicks() {
    const silent = clicks.filter((click) => look - click.look >= unansweredLooks)
    for (const { what } of silent)
      say('contradiction', `says nothing after a click on "${what}", neither done nor refused nor unanswered`)
    clicks = clicks.filter((click) => !silent.includes(click))
  }

  function sentenceChanged() {
    const [text, atMs] = [toast(), performance.now()]
    if (text === '' && said.text !== '' && atMs - said.atMs < said.staysMs)
      say('contradiction', `takes "${said.text}" away after ${((atMs - said.atMs) / 1_000).toFixed(1)} s`)
    said = messageMs === undefined ? { text, atMs, staysMs: staysUnaskedMs } : { text, atMs: messageMs, staysMs }
    if (text !== '') clicks = []
  }

  const isOfToast = ({ target }: MutationRecord) => (target as Element).closest?.('.toast') != null
  new MutationObserver((records) => records.some(isOfToast) && sentenceChanged()).observe(document, {
    childList: true,
    subtree: true,
  })
  document.addEventListener(
    'click',
    ({ target }) => {
      const hit = (target as Element).closest?.(clickable)
      const hasCart = [...topics.keys()].some((topic) => topic.startsWith('cart:'))
      if (!hit) return
      isClicked = true
      setTimeout(() => {
        isClicked = false
      }, 0)
      if (hasCart) clicks.push({ what: hit.getAttribute('aria-label') ?? hit.textContent ?? '', look })
    },
    true,
  )
  setInterval(() => {
    look += 1
    lookAtConnection()
    lookAtClicks()
  }, lookEveryMs)

  return class extends Base {
    private readonly isWatched: boolean

    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols ?? [])
      this.isWatched = paths.includes(new URL(this.url).pathname)
      if (!this.isWatched) return
      current = this
      for (const topic of topics.values()) topic.isJoined = false
      this.addEventListener('message', ({ data }) => {
        judgeAnswer()
        messageMs = performance.now()
        setTimeout(() => {
          messageMs = undefined
        }, 0)
        heardInAlarm += 1
        if (typeof data === 'string' && /"phx_(reply|error|close)"/.test(data)) heard(JSON.parse(data))
      })
    }

    override send(data: Parameters<WebSocket['send']>[0]) {
      super.send(data)
      if (this.isWatched && typeof data === 'string' && /"(phx_join|phx_leave|add_item|remove_item)"/.test(data))
        sent(JSON.parse(data))
    }
  }
}

const consolePrefix = 'page-note '

/** The source of a script that makes a page tell, on the console, where what it says is not so. */
export const pageWatchingScript = `window.WebSocket = (${watchPage})(window.WebSocket, (note) => console.debug(${JSON.stringify(consolePrefix)} + JSON.stringify(note)))`

/** Returns the note in a message on the console of a page; undefined for any other message. */
export const pageNoteIn = (text: string): PageNote | undefined =>
  text.startsWith(consolePrefix) ? (JSON.parse(text.slice(consolePrefix.length)) as PageNote) : undefined
