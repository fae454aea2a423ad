import { type Channel, Socket } from 'phoenix'
import './hello.css'

/** The script of the demo page: three sockets on five connections, every channel of HelloSockets, and a log of their messages (CH-134). */
const { authToken, userId } = window as unknown as { authToken: string; userId: string }
const { heartbeatMs, pushTimeoutMs } = document.body.dataset
const log = document.querySelector('.log')!
const started = performance.now()
const linesMax = 200

function say(...words: unknown[]) {
  console.log(...words)
  const line = document.createElement('li')
  const time = document.createElement('time')
  time.textContent = `${((performance.now() - started) / 1_000).toFixed(2)} s`
  const text = words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))).join(' ')
  line.append(time, text)
  log.prepend(line)
  while (log.childElementCount > linesMax) log.lastElementChild?.remove()
}

const sockets: Socket[] = []

function open(name: string, path: string, params: () => object = () => ({})): Socket {
  const socket = new Socket(path, {
    params,
    heartbeatIntervalMs: Number(heartbeatMs) || 30_000,
    timeout: Number(pushTimeoutMs) || 10_000,
  })
  const state = document.querySelector<HTMLElement>(`.sockets [data-socket='${name}']`)!
  const show = (now: string) => {
    state.dataset.state = now
    state.querySelector('span')!.textContent = now
  }
  socket.onOpen(() => {
    show('open')
    say(`${name} connected`)
  })
  socket.onClose(() => show('closed'))
  socket.connect()
  sockets.push(socket)
  return socket
}

const requestCount = 5
const failed = (what: string) => (reply: unknown) => say(`${what} error`, reply)

function joined(channel: Channel): Channel {
  channel
    .join()
    .receive('ok', (reply) => say(`Joined ${channel.topic}`, reply))
    .receive('error', (reply) => say(`Unable to join ${channel.topic}`, reply))
    .receive('timeout', () => say(`Unable to join ${channel.topic} in time`))
  return channel
}

function push(channel: Channel, event: string, payload: object = {}, timeout = `${event} timeout`) {
  channel
    .push(event, payload)
    .receive('ok', (reply) => say(`receive ${event}`, reply))
    .receive('error', failed(event))
    .receive('timeout', () => say(timeout))
}

function demonstrateUserSocket() {
  const socket = open('user', '/socket')
  const ping = socket.channel('ping')
  ping.on('send_ping', (payload) => {
    say('ping requested', payload)
    push(ping, 'ping')
  })
  // The client buffers pushes until the join reply (CH-103).
  joined(ping)
  say('send ping')
  push(ping, 'ping')
  say('send pong')
  push(ping, 'pong', {}, 'pong message timeout')
  push(ping, 'param_ping', { error: true })
  push(ping, 'param_ping', { error: false, arr: [1, 2] })
  // Last: it crashes the channel, which the client then joins again.
  push(ping, 'invalid', {}, 'invalid event timeout')
  const dupe = socket.channel('dupe')
  dupe.on('number', (payload) => say('new number received', payload))
  joined(dupe)
}

function demonstrateAuthSocket() {
  // Reconnects with the newest token, because the one that the page was loaded with expires (CH-127, AT-11).
  let token = authToken
  const socket = open('auth', '/auth_socket', () => ({ token }))
  const recurring = socket.channel('recurring')
  recurring.on('new_token', (payload: { token: string }) => {
    token = payload.token
    say('received new auth token', payload)
  })
  joined(recurring)
  const user = socket.channel(`user:${userId}`)
  user.on('push', (payload) => say('received auth user push', payload))
  user.on('push_timed', (payload) => say('received timed auth user push', payload))
  joined(user)
  const tracked = joined(socket.channel('tracked'))
  Object.assign(window, { squall: { socket, sockets, channels: [recurring, user, tracked] } })
}

function demonstrateStatsSocket() {
  const socket = open('stats', '/stats_socket')
  const valid = joined(socket.channel('valid'))
  for (let n = 0; n < requestCount; n += 1) push(valid, 'ping')
  const invalid = socket.channel('invalid')
  // Leaves, because the client would otherwise retry the join forever (CH-110).
  invalid.join().receive('error', (reply) => {
    say('Unable to join invalid', reply)
    invalid.leave()
  })
}

/** The same slow work inside the channel and beside it, each on a connection of its own (PM-17..PM-19). */
function demonstrateSlowPings() {
  const slow = joined(open('slow', '/stats_socket').channel('valid'))
  requestAll(slow, 'slow_ping', 'Slow ping response received')
  say(`${requestCount} slow pings requested`)
  const fast = joined(open('fast', '/stats_socket').channel('valid'))
  requestAll(fast, 'parallel_slow_ping', 'Parallel slow ping response received')
  say(`${requestCount} parallel slow pings requested`)
}

function requestAll(channel: Channel, event: string, received: string) {
  for (let n = 1; n <= requestCount; n += 1)
    channel
      .push(event, {})
      .receive('ok', () => say(received, n))
      .receive('error', () => say('Error for request', n))
      .receive('timeout', () => say('pong message timeout', event, n))
}

demonstrateUserSocket()
demonstrateAuthSocket()
demonstrateStatsSocket()
demonstrateSlowPings()
